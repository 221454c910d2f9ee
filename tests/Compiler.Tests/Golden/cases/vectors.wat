(module
  (func $arithmetic (param v128 v128) (result v128)
    (i32x4.add (i16x8.sub_sat_u (local.get 0) (local.get 1)) (i64x2.extmul_high_i32x4_s (local.get 0) (local.get 1))))
  (func $shift (param v128 i32) (result v128) (i8x16.shr_s (local.get 0) (local.get 1)))
  (func $compare (param v128 v128) (result v128)
    (v128.bitselect (local.get 0) (f64x2.ge (local.get 0) (local.get 1)) (i16x8.lt_u (local.get 1) (local.get 0))))
  (func $tests (param v128) (result i32)
    (i32.add (v128.any_true (local.get 0)) (i32.add (i8x16.all_true (local.get 0)) (i16x8.bitmask (local.get 0)))))
  (func $lanes (param v128 f32) (result i32)
    (i8x16.extract_lane_s 15 (i16x8.replace_lane 7 (f32x4.replace_lane 1 (f32x4.splat (local.get 1)) (local.get 1)) (i16x8.extract_lane_u 3 (local.get 0)))))
  (func $shuffle (param v128 v128) (result v128)
    (i8x16.swizzle (i8x16.shuffle 0 17 2 19 4 21 6 23 8 25 10 27 12 29 14 31 (local.get 0) (local.get 1)) (local.get 1)))
  (func $convert (param v128) (result v128)
    (i32x4.trunc_sat_f64x2_u_zero (f64x2.promote_low_f32x4 (f32x4.convert_i32x4_u (local.get 0)))))
  (func $const (result v128) (v128.const i32x4 1 2 3 4))
  (func $select (param v128 v128 i32) (result v128) (select (local.get 0) (local.get 1) (local.get 2))))

;;; ir
;; function %arithmetic(i64, v128, v128) -> v128 {
;; block1(v1: i64, v2: v128, v3: v128):
;;     v4 = vusub_sat.i16x8 v2, v3
;;     v5 = vsextmul_high.i64x2 v2, v3
;;     v6 = viadd.i32x4 v4, v5
;;     return v6
;; }
;;
;; function %shift(i64, v128, i32) -> v128 {
;; block1(v1: i64, v2: v128, v3: i32):
;;     v4 = vsshr.i8x16 v2, v3
;;     return v4
;; }
;;
;; function %compare(i64, v128, v128) -> v128 {
;; block1(v1: i64, v2: v128, v3: v128):
;;     v4 = vfcmp.f64x2 ge v2, v3
;;     v5 = vicmp.i16x8 ult v3, v2
;;     v6 = vbitselect.v128 v2, v4, v5
;;     return v6
;; }
;;
;; function %tests(i64, v128) -> i32 {
;; block1(v1: i64, v2: v128):
;;     v3 = vany_true.v128 v2
;;     v4 = vall_true.i8x16 v2
;;     v5 = vbitmask.i16x8 v2
;;     v6 = iadd.i32 v4, v5
;;     v7 = iadd.i32 v3, v6
;;     return v7
;; }
;;
;; function %lanes(i64, v128, f32) -> i32 {
;; block1(v1: i64, v2: v128, v3: f32):
;;     v4 = vsplat.f32x4 v3
;;     v5 = vinsert_lane.f32x4 v4, v3, 1
;;     v6 = vextract_lane.i16x8 v2, 3
;;     v7 = vinsert_lane.i16x8 v5, v6, 7
;;     v8 = vsextract_lane.i8x16 v7, 15
;;     return v8
;; }
;;
;; function %shuffle(i64, v128, v128) -> v128 {
;;     const1 = 0x1f0e1d0c1b0a19081706150413021100
;; block1(v1: i64, v2: v128, v3: v128):
;;     v4 = vshuffle.v128 v2, v3, const1
;;     v5 = vswizzle.v128 v4, v3
;;     return v5
;; }
;;
;; function %convert(i64, v128) -> v128 {
;; block1(v1: i64, v2: v128):
;;     v3 = vfcvt_from_uint.f32x4 v2
;;     v4 = vfpromote_low.f64x2 v3
;;     v5 = vfcvt_low_to_uint_sat.i32x4 v4
;;     return v5
;; }
;;
;; function %const(i64) -> v128 {
;;     const1 = 0x00000004000000030000000200000001
;; block1(v1: i64):
;;     v2 = vconst.v128 const1
;;     return v2
;; }
;;
;; function %select(i64, v128, v128, i32) -> v128 {
;; block1(v1: i64, v2: v128, v3: v128, v4: i32):
;;     v5 = select.v128 v4, v2, v3
;;     return v5
;; }
