(module
  (type $t (func))
  (import "m" "f" (func $imported))
  (elem declare func $imported $own)
  (func $own)
  (func $null (result i32) (ref.is_null (ref.null extern)))
  (func $func_imported (result funcref) (ref.func $imported))
  (func $func_own (result funcref) (ref.func $own))
  (func $choose (param externref externref i32) (result externref)
    (select (result externref) (local.get 0) (local.get 1) (local.get 2)))
  (func $as_non_null (param (ref null $t)) (result (ref $t)) (ref.as_non_null (local.get 0)))
  (func $br_on_null (param (ref null $t)) (result i32)
    (block (drop (br_on_null 0 (local.get 0))) (return (i32.const 1)))
    (i32.const 0))
  (func $br_on_non_null (param (ref null $t)) (result (ref null $t))
    (block (result (ref $t)) (br_on_non_null 0 (local.get 0)) (unreachable))))

;;; ir
;; function %own(i64) {
;; block1(v1: i64):
;;     return
;; }
;;
;; function %null(i64) -> i32 {
;; block1(v1: i64):
;;     v2 = iconst.ref 0
;;     v3 = iconst.ref 0
;;     v4 = icmp.ref eq v2, v3
;;     return v4
;; }
;;
;; function %func_imported(i64) -> i64 {
;;     sig2 = (i64, i32) -> i64
;; block1(v1: i64):
;;     v2 = iconst.i64 48
;;     v3 = iadd.i64 v1, v2
;;     v4 = load.i64 notrap region5 v3
;;     v5 = iconst.i64 0
;;     v6 = icmp.i64 eq v4, v5
;;     brif v6, block2, block3(v3)
;; block2 cold:
;;     v7 = iconst.i32 0
;;     v8 = load.i64 notrap readonly canmove region1 v1+16
;;     v9 = load.i64 notrap readonly canmove region7 v8+88
;;     v10 = call_indirect sig2, v9(v1, v7)
;;     jump block3(v10)
;; block3(v11: i64):
;;     return v11
;; }
;;
;; function %func_own(i64) -> i64 {
;;     sig2 = (i64, i32) -> i64
;; block1(v1: i64):
;;     v2 = iconst.i64 80
;;     v3 = iadd.i64 v1, v2
;;     v4 = load.i64 notrap region5 v3
;;     v5 = iconst.i64 0
;;     v6 = icmp.i64 eq v4, v5
;;     brif v6, block2, block3(v3)
;; block2 cold:
;;     v7 = iconst.i32 1
;;     v8 = load.i64 notrap readonly canmove region1 v1+16
;;     v9 = load.i64 notrap readonly canmove region7 v8+88
;;     v10 = call_indirect sig2, v9(v1, v7)
;;     jump block3(v10)
;; block3(v11: i64):
;;     return v11
;; }
;;
;; function %choose(i64, ref, ref, i32) -> ref {
;; block1(v1: i64, v2: ref, v3: ref, v4: i32):
;;     v5 = select.ref v4, v2, v3
;;     return v5
;; }
;;
;; function %as_non_null(i64, i64) -> i64 {
;; block1(v1: i64, v2: i64):
;;     v3 = iconst.i64 0
;;     v4 = icmp.i64 eq v2, v3
;;     trapnz v4, 12
;;     return v2
;; }
;;
;; function %br_on_null(i64, i64) -> i32 {
;; block1(v1: i64, v2: i64):
;;     v3 = iconst.i64 0
;;     v4 = icmp.i64 eq v2, v3
;;     brif v4, block3, block2
;; block2:
;;     v5 = iconst.i32 1
;;     return v5
;; block3:
;;     v6 = iconst.i32 0
;;     return v6
;; }
;;
;; function %br_on_non_null(i64, i64) -> i64 {
;; block1(v1: i64, v2: i64):
;;     v3 = iconst.i64 0
;;     v4 = icmp.i64 eq v2, v3
;;     brif v4, block2, block3(v2)
;; block2:
;;     trap 1
;; block3(v5: i64):
;;     return v5
;; }
