(module
  (memory 10 20 (pagesize 1))
  (func $load (param i32) (result i32) (i32.load offset=4 (local.get 0)))
  (func $size (result i32) (memory.size)))

;;; ir
;; function %load(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = uextend.i64 v2
;;     v4 = load.i64 notrap region4 v1+40
;;     v5 = load.i64 notrap readonly canmove region1 v1+32
;;     v6 = iadd.i64 v5, v3
;;     v7 = iconst.i64 8
;;     v8 = iadd.i64 v3, v7
;;     v9 = spectre_guard.i64 ule v8, v4, v6
;;     v10 = load.i32 trap2 region16 v9+4
;;     return v10
;; }
;;
;; function %size(i64) -> i32 {
;; block1(v1: i64):
;;     v2 = load.i64 notrap region4 v1+40
;;     v3 = iconst.i64 0
;;     v4 = ushr.i64 v2, v3
;;     v5 = ireduce.i32 v4
;;     return v5
;; }
