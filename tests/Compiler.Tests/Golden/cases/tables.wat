(module
  (table $t 2 8 externref)
  (table $f 2 funcref)
  (elem $e func $get)
  (func $get (param i32) (result externref) (table.get $t (local.get 0)))
  (func $set (param i32 externref) (table.set $t (local.get 0) (local.get 1)))
  (func $size (result i32) (table.size $t))
  (func $grow (param externref i32) (result i32) (table.grow $t (local.get 0) (local.get 1)))
  (func $fill (param i32 externref i32) (table.fill $t (local.get 0) (local.get 1) (local.get 2)))
  (func $copy (param i32 i32 i32) (table.copy $f $f (local.get 0) (local.get 1) (local.get 2)))
  (func $init (param i32 i32 i32) (table.init $f $e (local.get 0) (local.get 1) (local.get 2)))
  (func $drop (elem.drop $e)))

;;; ir
;; function %get(i64, i32) -> i64 {
;; block1(v1: i64, v2: i32):
;;     v3 = load.i32 notrap region3 v1+40
;;     v4 = icmp.i32 uge v2, v3
;;     trapnz v4, 3
;;     v5 = load.i64 notrap region3 v1+32
;;     v6 = uextend.i64 v2
;;     v7 = iconst.i64 3
;;     v8 = ishl.i64 v6, v7
;;     v9 = iadd.i64 v5, v8
;;     v10 = load.i64 notrap region272 v9
;;     return v10
;; }
;;
;; function %set(i64, i32, i64) {
;; block1(v1: i64, v2: i32, v3: i64):
;;     v4 = load.i32 notrap region3 v1+40
;;     v5 = icmp.i32 uge v2, v4
;;     trapnz v5, 3
;;     v6 = load.i64 notrap region3 v1+32
;;     v7 = uextend.i64 v2
;;     v8 = iconst.i64 3
;;     v9 = ishl.i64 v7, v8
;;     v10 = iadd.i64 v6, v9
;;     store.i64 notrap region272 v10, v3
;;     return
;; }
;;
;; function %size(i64) -> i32 {
;; block1(v1: i64):
;;     v2 = load.i32 notrap region3 v1+40
;;     return v2
;; }
;;
;; function %grow(i64, i64, i32) -> i32 {
;;     sig2 = (i64, i32, i64, i64) -> i64
;; block1(v1: i64, v2: i64, v3: i32):
;;     v4 = uextend.i64 v3
;;     v5 = iconst.i32 0
;;     v6 = load.i64 notrap readonly canmove region1 v1+16
;;     v7 = load.i64 notrap readonly canmove region7 v6+40
;;     v8 = call_indirect sig2, v7(v1, v5, v2, v4)
;;     v9 = ireduce.i32 v8
;;     return v9
;; }
;;
;; function %fill(i64, i32, i64, i32) {
;;     sig2 = (i64, i32, i64, i64, i64)
;; block1(v1: i64, v2: i32, v3: i64, v4: i32):
;;     v5 = uextend.i64 v4
;;     v6 = uextend.i64 v2
;;     v7 = iconst.i32 0
;;     v8 = load.i64 notrap readonly canmove region1 v1+16
;;     v9 = load.i64 notrap readonly canmove region7 v8+56
;;     call_indirect sig2, v9(v1, v7, v6, v3, v5)
;;     return
;; }
;;
;; function %copy(i64, i32, i32, i32) {
;;     sig2 = (i64, i32, i32, i64, i64, i64)
;; block1(v1: i64, v2: i32, v3: i32, v4: i32):
;;     v5 = uextend.i64 v4
;;     v6 = uextend.i64 v3
;;     v7 = uextend.i64 v2
;;     v8 = iconst.i32 1
;;     v9 = iconst.i32 1
;;     v10 = load.i64 notrap readonly canmove region1 v1+16
;;     v11 = load.i64 notrap readonly canmove region7 v10+48
;;     call_indirect sig2, v11(v1, v8, v9, v7, v6, v5)
;;     return
;; }
;;
;; function %init(i64, i32, i32, i32) {
;;     sig2 = (i64, i32, i32, i64, i32, i32)
;; block1(v1: i64, v2: i32, v3: i32, v4: i32):
;;     v5 = uextend.i64 v2
;;     v6 = iconst.i32 1
;;     v7 = iconst.i32 0
;;     v8 = load.i64 notrap readonly canmove region1 v1+16
;;     v9 = load.i64 notrap readonly canmove region7 v8+64
;;     call_indirect sig2, v9(v1, v6, v7, v5, v3, v4)
;;     return
;; }
;;
;; function %drop(i64) {
;;     sig2 = (i64, i32)
;; block1(v1: i64):
;;     v2 = iconst.i32 0
;;     v3 = load.i64 notrap readonly canmove region1 v1+16
;;     v4 = load.i64 notrap readonly canmove region7 v3+72
;;     call_indirect sig2, v4(v1, v2)
;;     return
;; }
