;;! interruption=1
(module
  (func $leaf (param i32) (result i32) (local.get 0))
  (func $recursive (call $recursive))
  (func $loop (param i32)
    (loop (br_if 0 (local.get 0)))))

;;; ir
;; function %leaf(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     return v2
;; }
;;
;; function %recursive(i64) {
;;     fn1 = u0:1 self
;; block1(v1: i64):
;;     v2 = load.i64 notrap readonly canmove region1 v1+8
;;     v3 = load.i32 notrap volatile poll region2 v2+8
;;     v4 = ireduce.i32 v2
;;     v5 = band.i32 v4, v3
;;     trapnz v5, 11
;;     call fn1(v1)
;;     return
;; }
;;
;; function %loop(i64, i32) {
;; block1(v1: i64, v2: i32):
;;     jump block2
;; block2:
;;     v3 = load.i64 notrap readonly canmove region1 v1+8
;;     v4 = load.i32 notrap volatile poll region2 v3+8
;;     v5 = ireduce.i32 v3
;;     v6 = band.i32 v5, v4
;;     trapnz v6, 11
;;     brif v2, block2, block3
;; block3:
;;     return
;; }
