;;! canonical-nans=1
(module
  (func $add (param f32 f32) (result f32) (f32.add (local.get 0) (local.get 1)))
  (func $neg (param f64) (result f64) (f64.neg (local.get 0)))
  (func $sqrt (param f64) (result f64) (f64.sqrt (local.get 0)))
  (func $lanes (param v128 v128) (result v128) (f32x4.neg (f32x4.div (local.get 0) (local.get 1)))))

;;; ir
;; function %add(i64, f32, f32) -> f32 {
;; block1(v1: i64, v2: f32, v3: f32):
;;     v4 = fadd.f32 v2, v3
;;     v5 = f32const.f32 nan:0x7fc00000
;;     v6 = fcmp.f32 eq v4, v4
;;     v7 = select.f32 v6, v4, v5
;;     return v7
;; }
;;
;; function %neg(i64, f64) -> f64 {
;; block1(v1: i64, v2: f64):
;;     v3 = fneg.f64 v2
;;     return v3
;; }
;;
;; function %sqrt(i64, f64) -> f64 {
;; block1(v1: i64, v2: f64):
;;     v3 = fsqrt.f64 v2
;;     v4 = f64const.f64 nan:0x7ff8000000000000
;;     v5 = fcmp.f64 eq v3, v3
;;     v6 = select.f64 v5, v3, v4
;;     return v6
;; }
;;
;; function %lanes(i64, v128, v128) -> v128 {
;;     const1 = 0x7fc000007fc000007fc000007fc00000
;; block1(v1: i64, v2: v128, v3: v128):
;;     v4 = vfdiv.f32x4 v2, v3
;;     v5 = vconst.v128 const1
;;     v6 = vfcmp.f32x4 eq v4, v4
;;     v7 = vbitselect.v128 v4, v5, v6
;;     v8 = vfneg.f32x4 v7
;;     return v8
;; }
