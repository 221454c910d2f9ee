;;! fuel=1
(module
  (func $add (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func $twice (param i32) (result i32)
    (call $add (local.get 0) (local.get 0)))
)

;;; ir
;; function %add(i64, i32, i32) -> i32 {
;; block1(v1: i64, v2: i32, v3: i32):
;;     v4 = load.i64 notrap readonly canmove region1 v1+8
;;     v5 = load.i64 notrap region2 v4
;;     v6 = iconst.i64 0
;;     v7 = icmp.i64 slt v5, v6
;;     trapnz v7, 10
;;     v8 = iadd.i32 v2, v3
;;     v9 = iconst.i64 -3
;;     v10 = iadd.i64 v5, v9
;;     v11 = load.i64 notrap readonly canmove region1 v1+8
;;     store.i64 notrap region2 v11, v10
;;     return v8
;; }
;;
;; function %twice(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = load.i64 notrap readonly canmove region1 v1+8
;;     v4 = load.i64 notrap region2 v3
;;     v5 = iconst.i64 0
;;     v6 = icmp.i64 slt v4, v5
;;     trapnz v6, 10
;;     v7 = iconst.i64 -3
;;     v8 = iadd.i64 v4, v7
;;     v9 = load.i64 notrap readonly canmove region1 v1+8
;;     store.i64 notrap region2 v9, v8
;;     v10 = iconst.i64 0
;;     v11 = icmp.i64 slt v8, v10
;;     brif v11, block2, block3
;; block2 cold:
;;     v12 = load.i64 notrap readonly canmove region1 v1+8
;;     store.i64 notrap region2 v12, v8
;;     trap 10
;; block3:
;;     v13 = iadd.i32 v2, v2
;;     v14 = iconst.i64 -3
;;     v15 = iadd.i64 v8, v14
;;     v16 = load.i64 notrap readonly canmove region1 v1+8
;;     store.i64 notrap region2 v16, v15
;;     v17 = load.i64 notrap readonly canmove region1 v1+8
;;     store.i64 notrap region2 v17, v15
;;     return v13
;; }
