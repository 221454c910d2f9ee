(module
  (func $arith (param i32 i32) (result i32)
    local.get 0 local.get 1 i32.add
    local.get 1 i32.sub
    i32.const 7 i32.mul
    local.get 0 i32.div_s
    local.get 1 i32.rem_u)
  (func $bits (param i64 i64) (result i64)
    local.get 0 local.get 1 i64.and
    local.get 0 i64.xor
    local.get 1 i64.shl
    i64.const 3 i64.rotr
    i64.clz
    i64.popcnt)
  (func $compare (param i32 f64 i64) (result i32)
    local.get 0 i32.eqz
    local.get 1 f64.const 0x1p0 f64.lt
    i32.and
    local.get 2 i64.eqz
    i32.or)
  (func $float (param f32 f32) (result f32)
    local.get 0 local.get 1 f32.min
    local.get 1 f32.copysign
    f32.sqrt
    f32.nearest
    f32.neg)
  (func $convert (param i32 f32) (result i64)
    local.get 0 i64.extend_i32_s
    local.get 1 i64.trunc_f32_u
    i64.add
    local.get 1 f64.promote_f32 i64.trunc_sat_f64_s
    i64.sub
    local.get 1 i32.reinterpret_f32 i32.extend8_s i64.extend_i32_u
    i64.or
    i64.extend32_s))

;;; ir
;; function %arith(i64, i32, i32) -> i32 {
;; block1(v1: i64, v2: i32, v3: i32):
;;     v4 = iadd.i32 v2, v3
;;     v5 = isub.i32 v4, v3
;;     v6 = iconst.i32 7
;;     v7 = imul.i32 v5, v6
;;     v8 = sdiv.i32 v7, v2
;;     v9 = urem.i32 v8, v3
;;     return v9
;; }
;;
;; function %bits(i64, i64, i64) -> i64 {
;; block1(v1: i64, v2: i64, v3: i64):
;;     v4 = band.i64 v2, v3
;;     v5 = bxor.i64 v4, v2
;;     v6 = ishl.i64 v5, v3
;;     v7 = iconst.i64 3
;;     v8 = rotr.i64 v6, v7
;;     v9 = clz.i64 v8
;;     v10 = popcnt.i64 v9
;;     return v10
;; }
;;
;; function %compare(i64, i32, f64, i64) -> i32 {
;; block1(v1: i64, v2: i32, v3: f64, v4: i64):
;;     v5 = iconst.i32 0
;;     v6 = icmp.i32 eq v2, v5
;;     v7 = f64const.f64 1.0
;;     v8 = fcmp.f64 lt v3, v7
;;     v9 = band.i32 v6, v8
;;     v10 = iconst.i64 0
;;     v11 = icmp.i64 eq v4, v10
;;     v12 = bor.i32 v9, v11
;;     return v12
;; }
;;
;; function %float(i64, f32, f32) -> f32 {
;; block1(v1: i64, v2: f32, v3: f32):
;;     v4 = fmin.f32 v2, v3
;;     v5 = fcopysign.f32 v4, v3
;;     v6 = fsqrt.f32 v5
;;     v7 = fnearest.f32 v6
;;     v8 = fneg.f32 v7
;;     return v8
;; }
;;
;; function %convert(i64, i32, f32) -> i64 {
;; block1(v1: i64, v2: i32, v3: f32):
;;     v4 = sextend.i64 v2
;;     v5 = fcvt_to_uint.i64 v3
;;     v6 = iadd.i64 v4, v5
;;     v7 = fpromote.f64 v3
;;     v8 = fcvt_to_sint_sat.i64 v7
;;     v9 = isub.i64 v6, v8
;;     v10 = bitcast.i32 v3
;;     v11 = sextend8.i32 v10
;;     v12 = uextend.i64 v11
;;     v13 = bor.i64 v9, v12
;;     v14 = sextend32.i64 v13
;;     return v14
;; }
