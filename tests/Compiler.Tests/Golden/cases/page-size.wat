(module
  (memory 10 20 (pagesize 1))
  (func $load (param i32) (result i32) (i32.load offset=4 (local.get 0)))
  (func $size (result i32) (memory.size)))

;;; ir
;; function %load(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = uextend.i64 v2
;;     v4 = iconst.i64 8
;;     v5 = load.i64 notrap region4 v1+40
;;     v6 = iadd.i64 v3, v4
;;     v7 = icmp.i64 ugt v6, v5
;;     v8 = load.i64 notrap readonly canmove region1 v1+32
;;     v9 = iadd.i64 v8, v3
;;     v10 = iconst.i64 0
;;     v11 = select.i64 v7, v10, v9
;;     v12 = load.i32 trap2 region16 v11+4
;;     return v12
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
