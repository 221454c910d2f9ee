(module
  (import "m" "mem" (memory $imported 1))
  (memory $own 1 10)
  (data $d "abc")
  (func $load (param i32) (result i32)
    (i32.load $own offset=8 (local.get 0)))
  (func $load_imported (param i32) (result i64)
    (i64.load16_s $imported (local.get 0)))
  (func $store (param i32 f64)
    (f64.store $own offset=16 (local.get 0) (local.get 1)))
  (func $store8 (param i32 i64)
    (i64.store8 $own (local.get 0) (local.get 1)))
  (func $far (param i32) (result i32)
    (i32.load8_u $own offset=0xfffffff0 (local.get 0)))
  (func $last_unchecked (param i32) (result i32)
    (i32.load8_u $own offset=0x7fffffff (local.get 0)))
  (func $size (result i32) (memory.size $own))
  (func $grow (param i32) (result i32) (memory.grow $imported (local.get 0)))
  (func $copy (param i32 i32 i32) (memory.copy $own $imported (local.get 0) (local.get 1) (local.get 2)))
  (func $fill (param i32 i32 i32) (memory.fill $own (local.get 0) (local.get 1) (local.get 2)))
  (func $init (param i32 i32 i32) (memory.init $own $d (local.get 0) (local.get 1) (local.get 2)))
  (func $drop (data.drop $d)))

;;; ir
;; function %load(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = uextend.i64 v2
;;     v4 = load.i64 notrap readonly canmove region1 v1+32
;;     v5 = iadd.i64 v4, v3
;;     v6 = load.i32 trap2 region16 v5+8
;;     return v6
;; }
;;
;; function %load_imported(i64, i32) -> i64 {
;; block1(v1: i64, v2: i32):
;;     v3 = uextend.i64 v2
;;     v4 = load.i64 notrap readonly canmove region1 v1+48
;;     v5 = load.i64 notrap readonly canmove region1 v4
;;     v6 = iadd.i64 v5, v3
;;     v7 = sload16.i64 trap2 region9 v6
;;     return v7
;; }
;;
;; function %store(i64, i32, f64) {
;; block1(v1: i64, v2: i32, v3: f64):
;;     v4 = uextend.i64 v2
;;     v5 = load.i64 notrap readonly canmove region1 v1+32
;;     v6 = iadd.i64 v5, v4
;;     store.f64 trap2 region16 v6+16, v3
;;     return
;; }
;;
;; function %store8(i64, i32, i64) {
;; block1(v1: i64, v2: i32, v3: i64):
;;     v4 = uextend.i64 v2
;;     v5 = load.i64 notrap readonly canmove region1 v1+32
;;     v6 = iadd.i64 v5, v4
;;     istore8.i64 trap2 region16 v6, v3
;;     return
;; }
;;
;; function %far(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = uextend.i64 v2
;;     v4 = load.i64 notrap region4 v1+40
;;     v5 = load.i64 notrap readonly canmove region1 v1+32
;;     v6 = iadd.i64 v5, v3
;;     v7 = iconst.i64 0x00000000fffffff0
;;     v8 = iadd.i64 v6, v7
;;     v9 = iconst.i64 0x00000000fffffff1
;;     v10 = iadd.i64 v3, v9
;;     v11 = spectre_guard.i64 ule v10, v4, v8
;;     v12 = uload8.i32 trap2 region16 v11
;;     return v12
;; }
;;
;; function %last_unchecked(i64, i32) -> i32 {
;; block1(v1: i64, v2: i32):
;;     v3 = uextend.i64 v2
;;     v4 = load.i64 notrap readonly canmove region1 v1+32
;;     v5 = iadd.i64 v4, v3
;;     v6 = uload8.i32 trap2 region16 v5+2147483647
;;     return v6
;; }
;;
;; function %size(i64) -> i32 {
;; block1(v1: i64):
;;     v2 = load.i64 notrap region4 v1+40
;;     v3 = iconst.i64 16
;;     v4 = ushr.i64 v2, v3
;;     v5 = ireduce.i32 v4
;;     return v5
;; }
;;
;; function %grow(i64, i32) -> i32 {
;;     sig2 = (i64, i32, i64) -> i64
;; block1(v1: i64, v2: i32):
;;     v3 = uextend.i64 v2
;;     v4 = iconst.i32 0
;;     v5 = load.i64 notrap readonly canmove region1 v1+16
;;     v6 = load.i64 notrap readonly canmove region7 v5
;;     v7 = call_indirect sig2, v6(v1, v4, v3)
;;     v8 = ireduce.i32 v7
;;     return v8
;; }
;;
;; function %copy(i64, i32, i32, i32) {
;;     sig2 = (i64, i64, i64, i64, i64, i64)
;; block1(v1: i64, v2: i32, v3: i32, v4: i32):
;;     v5 = uextend.i64 v4
;;     v6 = uextend.i64 v3
;;     v7 = uextend.i64 v2
;;     v8 = iconst.i64 32
;;     v9 = iadd.i64 v1, v8
;;     v10 = load.i64 notrap readonly canmove region1 v1+48
;;     v11 = load.i64 notrap readonly canmove region1 v1+16
;;     v12 = load.i64 notrap readonly canmove region7 v11+8
;;     call_indirect sig2, v12(v1, v9, v10, v7, v6, v5)
;;     return
;; }
;;
;; function %fill(i64, i32, i32, i32) {
;;     sig2 = (i64, i64, i64, i32, i64)
;; block1(v1: i64, v2: i32, v3: i32, v4: i32):
;;     v5 = uextend.i64 v4
;;     v6 = uextend.i64 v2
;;     v7 = iconst.i64 32
;;     v8 = iadd.i64 v1, v7
;;     v9 = load.i64 notrap readonly canmove region1 v1+16
;;     v10 = load.i64 notrap readonly canmove region7 v9+16
;;     call_indirect sig2, v10(v1, v8, v6, v3, v5)
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
;;     v9 = load.i64 notrap readonly canmove region7 v8+24
;;     call_indirect sig2, v9(v1, v6, v7, v5, v3, v4)
;;     return
;; }
;;
;; function %drop(i64) {
;;     sig2 = (i64, i32)
;; block1(v1: i64):
;;     v2 = iconst.i32 0
;;     v3 = load.i64 notrap readonly canmove region1 v1+16
;;     v4 = load.i64 notrap readonly canmove region7 v3+32
;;     call_indirect sig2, v4(v1, v2)
;;     return
;; }
