(module
  (memory 1)
  (memory $wide i64 1)
  (global $g (mut v128) (v128.const i64x2 0 0))
  (func $whole (param i32) (v128.store offset=16 (local.get 0) (v128.load (local.get 0))))
  (func $extend (param i32) (result v128) (v128.load16x4_u offset=8 (local.get 0)))
  (func $splat (param i32) (result v128) (v128.load8_splat (local.get 0)))
  (func $zero (param i32) (result v128) (v128.load32_zero (local.get 0)))
  (func $lanes (param i32 v128) (result v128)
    (v128.store8_lane offset=4 3 (local.get 0) (local.get 1))
    (v128.store64_lane 1 (local.get 0) (local.get 1))
    (v128.load16_lane 5 (local.get 0) (local.get 1)))
  (func $wide (param i64 v128) (result v128) (v128.load64_lane $wide offset=8 0 (local.get 0) (local.get 1)))
  (func $global (param v128) (result v128) (global.get $g) (global.set $g (local.get 0))))

;;; ir
;; function %whole(i64, i32) {
;; block1(v1: i64, v2: i32):
;;     v3 = uextend.i64 v2
;;     v4 = load.i64 notrap readonly canmove region1 v1+32
;;     v5 = iadd.i64 v4, v3
;;     v6 = load.v128 trap2 region16 v5
;;     v7 = uextend.i64 v2
;;     v8 = load.i64 notrap readonly canmove region1 v1+32
;;     v9 = iadd.i64 v8, v7
;;     store.v128 trap2 region16 v9+16, v6
;;     return
;; }
;;
;; function %extend(i64, i32) -> v128 {
;; block1(v1: i64, v2: i32):
;;     v3 = uextend.i64 v2
;;     v4 = load.i64 notrap readonly canmove region1 v1+32
;;     v5 = iadd.i64 v4, v3
;;     v6 = vload_uextend.i32x4 trap2 region16 v5+8
;;     return v6
;; }
;;
;; function %splat(i64, i32) -> v128 {
;; block1(v1: i64, v2: i32):
;;     v3 = uextend.i64 v2
;;     v4 = load.i64 notrap readonly canmove region1 v1+32
;;     v5 = iadd.i64 v4, v3
;;     v6 = vload_splat.i8x16 trap2 region16 v5
;;     return v6
;; }
;;
;; function %zero(i64, i32) -> v128 {
;; block1(v1: i64, v2: i32):
;;     v3 = uextend.i64 v2
;;     v4 = load.i64 notrap readonly canmove region1 v1+32
;;     v5 = iadd.i64 v4, v3
;;     v6 = vload_zero.i32x4 trap2 region16 v5
;;     return v6
;; }
;;
;; function %lanes(i64, i32, v128) -> v128 {
;; block1(v1: i64, v2: i32, v3: v128):
;;     v4 = uextend.i64 v2
;;     v5 = load.i64 notrap readonly canmove region1 v1+32
;;     v6 = iadd.i64 v5, v4
;;     v7 = vextract_lane.i8x16 v3, 3
;;     istore8.i32 trap2 region16 v6+4, v7
;;     v8 = uextend.i64 v2
;;     v9 = load.i64 notrap readonly canmove region1 v1+32
;;     v10 = iadd.i64 v9, v8
;;     v11 = vextract_lane.i64x2 v3, 1
;;     store.i64 trap2 region16 v10, v11
;;     v12 = uextend.i64 v2
;;     v13 = load.i64 notrap readonly canmove region1 v1+32
;;     v14 = iadd.i64 v13, v12
;;     v15 = uload16.i32 trap2 region16 v14
;;     v16 = vinsert_lane.i16x8 v3, v15, 5
;;     return v16
;; }
;;
;; function %wide(i64, i64, v128) -> v128 {
;; block1(v1: i64, v2: i64, v3: v128):
;;     v4 = load.i64 notrap region4 v1+56
;;     v5 = load.i64 notrap region4 v1+48
;;     v6 = iadd.i64 v5, v2
;;     v7 = spectre_guard.i64 ult v2, v4, v6
;;     v8 = load.i64 trap2 region17 v7+8
;;     v9 = vinsert_lane.i64x2 v3, v8, 0
;;     return v9
;; }
;;
;; function %global(i64, v128) -> v128 {
;; block1(v1: i64, v2: v128):
;;     v3 = load.v128 notrap region1296 v1+64
;;     store.v128 notrap region1296 v1+64, v2
;;     return v3
;; }
