(module
  (import "m" "mem" (memory $imported 1))
  (memory $own 1 10)
  (memory $wide i64 1)

  ;; Pieces of 16, the last one overlapping; read before written.
  (func $copy_40 (param i32 i32) (memory.copy $own $own (local.get 0) (local.get 1) (i32.const 40)))

  ;; Pieces of 4; from one memory to another.
  (func $copy_6 (param i32 i32) (memory.copy $own $imported (local.get 0) (local.get 1) (i32.const 6)))
  (func $fill_24 (param i32) (memory.fill $own (local.get 0) (i32.const 0) (i32.const 24)))
  (func $fill_12 (param i32 i32) (memory.fill $own (local.get 0) (local.get 1) (i32.const 12)))

  ;; The builtin's: nothing, much, and memories whose accesses are checked.
  (func $copy_0 (param i32 i32) (memory.copy $own $own (local.get 0) (local.get 1) (i32.const 0)))
  (func $fill_129 (param i32) (memory.fill $own (local.get 0) (i32.const 0) (i32.const 129)))
  (func $copy_wide (param i64 i64) (memory.copy $wide $wide (local.get 0) (local.get 1) (i64.const 8))))

;;; ir
;; function %copy_40(i64, i32, i32) {
;; block1(v1: i64, v2: i32, v3: i32):
;;     v4 = iconst.i32 40
;;     v5 = uextend.i64 v4
;;     v6 = uextend.i64 v3
;;     v7 = uextend.i64 v2
;;     v8 = load.i64 notrap readonly canmove region1 v1+32
;;     v9 = iadd.i64 v8, v6
;;     v10 = load.i64 notrap readonly canmove region1 v1+32
;;     v11 = iadd.i64 v10, v7
;;     v12 = load.v128 trap2 region16 v9
;;     v13 = load.v128 trap2 region16 v9+16
;;     v14 = load.v128 trap2 region16 v9+24
;;     v15 = uload8.i32 trap2 region16 v11+39
;;     store.v128 trap2 region16 v11, v12
;;     store.v128 trap2 region16 v11+16, v13
;;     store.v128 trap2 region16 v11+24, v14
;;     return
;; }
;;
;; function %copy_6(i64, i32, i32) {
;; block1(v1: i64, v2: i32, v3: i32):
;;     v4 = iconst.i32 6
;;     v5 = uextend.i64 v4
;;     v6 = uextend.i64 v3
;;     v7 = uextend.i64 v2
;;     v8 = load.i64 notrap readonly canmove region1 v1+64
;;     v9 = load.i64 notrap readonly canmove region1 v8
;;     v10 = iadd.i64 v9, v6
;;     v11 = load.i64 notrap readonly canmove region1 v1+32
;;     v12 = iadd.i64 v11, v7
;;     v13 = load.i32 trap2 region9 v10
;;     v14 = load.i32 trap2 region9 v10+2
;;     v15 = uload8.i32 trap2 region16 v12+5
;;     store.i32 trap2 region16 v12, v13
;;     store.i32 trap2 region16 v12+2, v14
;;     return
;; }
;;
;; function %fill_24(i64, i32) {
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 0
;;     v4 = iconst.i32 24
;;     v5 = uextend.i64 v4
;;     v6 = uextend.i64 v2
;;     v7 = load.i64 notrap readonly canmove region1 v1+32
;;     v8 = iadd.i64 v7, v6
;;     v9 = vsplat.i8x16 v3
;;     v10 = uload8.i32 trap2 region16 v8+23
;;     store.v128 trap2 region16 v8, v9
;;     store.v128 trap2 region16 v8+8, v9
;;     return
;; }
;;
;; function %fill_12(i64, i32, i32) {
;; block1(v1: i64, v2: i32, v3: i32):
;;     v4 = iconst.i32 12
;;     v5 = uextend.i64 v4
;;     v6 = uextend.i64 v2
;;     v7 = load.i64 notrap readonly canmove region1 v1+32
;;     v8 = iadd.i64 v7, v6
;;     v9 = iconst.i32 255
;;     v10 = band.i32 v3, v9
;;     v11 = uextend.i64 v10
;;     v12 = iconst.i64 0x0101010101010101
;;     v13 = imul.i64 v11, v12
;;     v14 = uload8.i32 trap2 region16 v8+11
;;     store.i64 trap2 region16 v8, v13
;;     store.i64 trap2 region16 v8+4, v13
;;     return
;; }
;;
;; function %copy_0(i64, i32, i32) {
;;     sig2 = (i64, i64, i64, i64, i64, i64)
;; block1(v1: i64, v2: i32, v3: i32):
;;     v4 = iconst.i32 0
;;     v5 = uextend.i64 v4
;;     v6 = uextend.i64 v3
;;     v7 = uextend.i64 v2
;;     v8 = iconst.i64 32
;;     v9 = iadd.i64 v1, v8
;;     v10 = iconst.i64 32
;;     v11 = iadd.i64 v1, v10
;;     v12 = load.i64 notrap readonly canmove region1 v1+16
;;     v13 = load.i64 notrap readonly canmove region7 v12+8
;;     call_indirect sig2, v13(v1, v9, v11, v7, v6, v5)
;;     return
;; }
;;
;; function %fill_129(i64, i32) {
;;     sig2 = (i64, i64, i64, i32, i64)
;; block1(v1: i64, v2: i32):
;;     v3 = iconst.i32 0
;;     v4 = iconst.i32 129
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
;; function %copy_wide(i64, i64, i64) {
;;     sig2 = (i64, i64, i64, i64, i64, i64)
;; block1(v1: i64, v2: i64, v3: i64):
;;     v4 = iconst.i64 8
;;     v5 = iconst.i64 48
;;     v6 = iadd.i64 v1, v5
;;     v7 = iconst.i64 48
;;     v8 = iadd.i64 v1, v7
;;     v9 = load.i64 notrap readonly canmove region1 v1+16
;;     v10 = load.i64 notrap readonly canmove region7 v9+8
;;     call_indirect sig2, v10(v1, v6, v8, v2, v3, v4)
;;     return
;; }
