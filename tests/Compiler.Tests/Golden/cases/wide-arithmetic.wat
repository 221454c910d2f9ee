(module
  (func $add (param i64 i64 i64 i64) (result i64 i64)
    (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func $sub (param i64 i64 i64 i64) (result i64 i64)
    (i64.sub128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func $mul (param i64 i64) (result i64 i64)
    (i64.mul_wide_s (local.get 0) (local.get 1))))

;;; ir
;; function %add(i64, i64, i64, i64, i64) -> i64, i64 {
;; block1(v1: i64, v2: i64, v3: i64, v4: i64, v5: i64):
;;     v6 = iadd.i64 v2, v4
;;     v7 = icmp.i64 ult v6, v2
;;     v8 = uextend.i64 v7
;;     v9 = iadd.i64 v3, v5
;;     v10 = iadd.i64 v9, v8
;;     return v6, v10
;; }
;;
;; function %sub(i64, i64, i64, i64, i64) -> i64, i64 {
;; block1(v1: i64, v2: i64, v3: i64, v4: i64, v5: i64):
;;     v6 = isub.i64 v2, v4
;;     v7 = icmp.i64 ult v2, v4
;;     v8 = uextend.i64 v7
;;     v9 = isub.i64 v3, v5
;;     v10 = isub.i64 v9, v8
;;     return v6, v10
;; }
;;
;; function %mul(i64, i64, i64) -> i64, i64 {
;; block1(v1: i64, v2: i64, v3: i64):
;;     v4 = imul.i64 v2, v3
;;     v5 = smulhi.i64 v2, v3
;;     return v4, v5
;; }
