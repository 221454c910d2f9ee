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
;;     v4 = iconst.i64 32
;;     v5 = iconst.i64 0x00000000ffffffff
;;     v6 = band.i64 v2, v5
;;     v7 = ushr.i64 v2, v4
;;     v8 = band.i64 v3, v5
;;     v9 = ushr.i64 v3, v4
;;     v10 = imul.i64 v7, v8
;;     v11 = imul.i64 v6, v8
;;     v12 = ushr.i64 v11, v4
;;     v13 = iadd.i64 v10, v12
;;     v14 = imul.i64 v6, v9
;;     v15 = band.i64 v13, v5
;;     v16 = iadd.i64 v14, v15
;;     v17 = imul.i64 v7, v9
;;     v18 = ushr.i64 v13, v4
;;     v19 = iadd.i64 v17, v18
;;     v20 = ushr.i64 v16, v4
;;     v21 = iadd.i64 v19, v20
;;     v22 = iconst.i64 63
;;     v23 = sshr.i64 v2, v22
;;     v24 = band.i64 v23, v3
;;     v25 = isub.i64 v21, v24
;;     v26 = sshr.i64 v3, v22
;;     v27 = band.i64 v26, v2
;;     v28 = isub.i64 v25, v27
;;     v29 = imul.i64 v2, v3
;;     return v29, v28
;; }
