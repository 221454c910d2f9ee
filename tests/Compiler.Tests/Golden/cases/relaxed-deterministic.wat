;;! relaxed-simd-deterministic=1
(module
  (func $swizzle (param v128 v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 1)))
  (func $trunc (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_s (i32x4.relaxed_trunc_f64x2_u_zero (local.get 0))))
  (func $madd (param v128 v128 v128) (result v128)
    (f32x4.relaxed_madd (local.get 0) (local.get 1) (f32x4.relaxed_nmadd (local.get 0) (local.get 1) (local.get 2))))
  (func $laneselect (param v128 v128 v128) (result v128) (i16x8.relaxed_laneselect (local.get 0) (local.get 1) (local.get 2)))
  (func $min (param v128 v128) (result v128) (f64x2.relaxed_min (local.get 0) (f64x2.relaxed_max (local.get 0) (local.get 1))))
  (func $q15 (param v128 v128) (result v128) (i16x8.relaxed_q15mulr_s (local.get 0) (local.get 1)))
  (func $dot (param v128 v128 v128) (result v128) (i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get 0) (local.get 1) (local.get 2))))

;;; ir
;; function %swizzle(i64, v128, v128) -> v128 {
;; block1(v1: i64, v2: v128, v3: v128):
;;     v4 = vswizzle.v128 v2, v3
;;     return v4
;; }
;;
;; function %trunc(i64, v128) -> v128 {
;; block1(v1: i64, v2: v128):
;;     v3 = vfcvt_low_to_uint_sat.i32x4 v2
;;     v4 = vfcvt_to_sint_sat.i32x4 v3
;;     return v4
;; }
;;
;; function %madd(i64, v128, v128, v128) -> v128 {
;; block1(v1: i64, v2: v128, v3: v128, v4: v128):
;;     v5 = vfmul.f32x4 v2, v3
;;     v6 = vfsub.f32x4 v4, v5
;;     v7 = vfmul.f32x4 v2, v3
;;     v8 = vfadd.f32x4 v7, v6
;;     return v8
;; }
;;
;; function %laneselect(i64, v128, v128, v128) -> v128 {
;; block1(v1: i64, v2: v128, v3: v128, v4: v128):
;;     v5 = vbitselect.v128 v2, v3, v4
;;     return v5
;; }
;;
;; function %min(i64, v128, v128) -> v128 {
;; block1(v1: i64, v2: v128, v3: v128):
;;     v4 = vfmax.f64x2 v2, v3
;;     v5 = vfmin.f64x2 v2, v4
;;     return v5
;; }
;;
;; function %q15(i64, v128, v128) -> v128 {
;; block1(v1: i64, v2: v128, v3: v128):
;;     v4 = vq15mulr_sat.i16x8 v2, v3
;;     return v4
;; }
;;
;; function %dot(i64, v128, v128, v128) -> v128 {
;; block1(v1: i64, v2: v128, v3: v128, v4: v128):
;;     v5 = iconst.i32 8
;;     v6 = vishl.i16x8 v2, v5
;;     v7 = iconst.i32 8
;;     v8 = vsshr.i16x8 v6, v7
;;     v9 = iconst.i32 8
;;     v10 = vishl.i16x8 v3, v9
;;     v11 = iconst.i32 8
;;     v12 = vsshr.i16x8 v10, v11
;;     v13 = vimul.i16x8 v8, v12
;;     v14 = iconst.i32 8
;;     v15 = vsshr.i16x8 v2, v14
;;     v16 = iconst.i32 8
;;     v17 = vsshr.i16x8 v3, v16
;;     v18 = vimul.i16x8 v15, v17
;;     v19 = vsadd_sat.i16x8 v13, v18
;;     v20 = vsextadd_pairwise.i32x4 v19
;;     v21 = viadd.i32x4 v20, v4
;;     return v21
;; }
