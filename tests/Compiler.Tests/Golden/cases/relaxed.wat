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
;;     v4 = x86_pshufb.v128 v2, v3
;;     return v4
;; }
;;
;; function %trunc(i64, v128) -> v128 {
;; block1(v1: i64, v2: v128):
;;     v3 = vfcvt_low_to_uint_sat.i32x4 v2
;;     v4 = x86_cvttps2dq.i32x4 v3
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
;;     v4 = vfpmax.f64x2 v2, v3
;;     v5 = vfpmin.f64x2 v2, v4
;;     return v5
;; }
;;
;; function %q15(i64, v128, v128) -> v128 {
;; block1(v1: i64, v2: v128, v3: v128):
;;     v4 = x86_pmulhrsw.i16x8 v2, v3
;;     return v4
;; }
;;
;; function %dot(i64, v128, v128, v128) -> v128 {
;; block1(v1: i64, v2: v128, v3: v128, v4: v128):
;;     v5 = x86_pmaddubsw.i16x8 v3, v2
;;     v6 = vsextadd_pairwise.i32x4 v5
;;     v7 = viadd.i32x4 v6, v4
;;     return v7
;; }
