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
  (func $drop (elem.drop $e))
  (func $get_func (param i32) (result funcref) (table.get $f (local.get 0)))
  (func $set_func (param i32 funcref) (table.set $f (local.get 0) (local.get 1)))
  (func $fill_func (param funcref) (table.fill $f (i32.const 0) (local.get 0) (i32.const 2)))
  (func $grow_fixed (result i32) (table.grow $f (ref.null func) (i32.const 1))))

;;; ir
;; function %get(i64, i32) -> ref {
;; block1(v1: i64, v2: i32):
;;     v3 = load.i64 notrap region3 v1+32
;;     v4 = uextend.i64 v2
;;     v5 = iconst.i64 3
;;     v6 = ishl.i64 v4, v5
;;     v7 = iadd.i64 v3, v6
;;     v8 = load.i32 notrap region3 v1+40
;;     v9 = spectre_guard.i32 ult v2, v8, v7
;;     v10 = load.ref trap3 region272 v9
;;     return v10
;; }
;;
;; function %set(i64, i32, ref) {
;; block1(v1: i64, v2: i32, v3: ref):
;;     v4 = load.i64 notrap region3 v1+32
;;     v5 = uextend.i64 v2
;;     v6 = iconst.i64 3
;;     v7 = ishl.i64 v5, v6
;;     v8 = iadd.i64 v4, v7
;;     v9 = load.i32 notrap region3 v1+40
;;     v10 = spectre_guard.i32 ult v2, v9, v8
;;     store.ref trap3 region272 v10, v3
;;     return
;; }
;;
;; function %size(i64) -> i32 {
;; block1(v1: i64):
;;     v2 = load.i32 notrap region3 v1+40
;;     return v2
;; }
;;
;; function %grow(i64, ref, i32) -> i32 {
;;     sig2 = (i64, i32, ref, i64) -> i64
;; block1(v1: i64, v2: ref, v3: i32):
;;     v4 = uextend.i64 v3
;;     v5 = iconst.i32 0
;;     v6 = load.i64 notrap readonly canmove region1 v1+16
;;     v7 = load.i64 notrap readonly canmove region7 v6+40
;;     v8 = call_indirect sig2, v7(v1, v5, v2, v4)
;;     v9 = ireduce.i32 v8
;;     return v9
;; }
;;
;; function %fill(i64, i32, ref, i32) {
;;     sig2 = (i64, i32, i64, ref, i64)
;; block1(v1: i64, v2: i32, v3: ref, v4: i32):
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
;;
;; function %get_func(i64, i32) -> i64 {
;;     sig2 = (i64, i32, i64) -> i64
;; block1(v1: i64, v2: i32):
;;     v3 = load.i64 notrap region3 v1+48
;;     v4 = uextend.i64 v2
;;     v5 = iconst.i64 3
;;     v6 = ishl.i64 v4, v5
;;     v7 = iadd.i64 v3, v6
;;     v8 = load.i32 notrap region3 v1+56
;;     v9 = spectre_guard.i32 ult v2, v8, v7
;;     v10 = load.i64 trap3 region273 v9
;;     v11 = iconst.i64 0
;;     v12 = icmp.i64 eq v10, v11
;;     brif v12, block2, block3(v10)
;; block2 cold:
;;     v13 = iconst.i32 1
;;     v14 = uextend.i64 v2
;;     v15 = load.i64 notrap readonly canmove region1 v1+16
;;     v16 = load.i64 notrap readonly canmove region7 v15+80
;;     v17 = call_indirect sig2, v16(v1, v13, v14)
;;     jump block3(v17)
;; block3(v18: i64):
;;     v19 = iconst.i64 -2
;;     v20 = band.i64 v18, v19
;;     return v20
;; }
;;
;; function %set_func(i64, i32, i64) {
;; block1(v1: i64, v2: i32, v3: i64):
;;     v4 = load.i64 notrap region3 v1+48
;;     v5 = uextend.i64 v2
;;     v6 = iconst.i64 3
;;     v7 = ishl.i64 v5, v6
;;     v8 = iadd.i64 v4, v7
;;     v9 = load.i32 notrap region3 v1+56
;;     v10 = spectre_guard.i32 ult v2, v9, v8
;;     v11 = iconst.i64 1
;;     v12 = bor.i64 v3, v11
;;     store.i64 trap3 region273 v10, v12
;;     return
;; }
;;
;; function %fill_func(i64, i64) {
;;     sig2 = (i64, i32, i64, i64, i64)
;; block1(v1: i64, v2: i64):
;;     v3 = iconst.i32 0
;;     v4 = iconst.i32 2
;;     v5 = uextend.i64 v4
;;     v6 = uextend.i64 v3
;;     v7 = iconst.i32 1
;;     v8 = load.i64 notrap readonly canmove region1 v1+16
;;     v9 = load.i64 notrap readonly canmove region7 v8+56
;;     call_indirect sig2, v9(v1, v7, v6, v2, v5)
;;     return
;; }
;;
;; function %grow_fixed(i64) -> i32 {
;;     sig2 = (i64, i32, i64, i64) -> i64
;; block1(v1: i64):
;;     v2 = iconst.i64 0
;;     v3 = iconst.i32 1
;;     v4 = uextend.i64 v3
;;     v5 = iconst.i32 1
;;     v6 = load.i64 notrap readonly canmove region1 v1+16
;;     v7 = load.i64 notrap readonly canmove region7 v6+40
;;     v8 = call_indirect sig2, v7(v1, v5, v2, v4)
;;     v9 = ireduce.i32 v8
;;     return v9
;; }
