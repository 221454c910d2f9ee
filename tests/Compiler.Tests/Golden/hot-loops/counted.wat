;;! interruption=1
(module
  (memory 1)

  ;; constants in indices of a counter from 0 to a constant; one add and one compare an iteration
  (func $sum (result i32) (local $i i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum)
        (i32.add (i32.load (i32.add (local.get $i) (i32.const 1024))) (i32.load (i32.add (local.get $i) (i32.const 1028))))))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 800))))
    (local.get $sum))

  ;; a bound that is not known: below 2^31 in any case
  (func $shift_down (param $n i32) (local $i i32)
    (block $out
      (br_if $out (i32.lt_s (local.get $n) (i32.const 1)))
      (loop $next
        (i32.store8 (i32.add (local.get $i) (i32.const 64)) (i32.load8_u (i32.add (local.get $i) (i32.const 65))))
        (br_if $next (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))

  ;; rows and columns: the row's address is computed in front of the inner loop
  (func $rows (result f64) (local $row i32) (local $column i32) (local $sum f64)
    (loop $rows
      (local.set $column (i32.const 0))
      (loop $columns
        (local.set $sum (f64.add (local.get $sum) (f64.load (i32.add (i32.add (local.get $row) (local.get $column)) (i32.const 4096)))))
        (br_if $columns (i32.ne (local.tee $column (i32.add (local.get $column) (i32.const 8))) (i32.const 512))))
      (br_if $rows (i32.ne (local.tee $row (i32.add (local.get $row) (i32.const 512))) (i32.const 32768))))
    (local.get $sum))

  ;; a search that carries the slot's address beside the slot
  (func $slot (param $key i32) (result i32) (local $slot i32) (local $at i32)
    (local.set $slot (i32.and (local.get $key) (i32.const 1023)))
    (loop $next
      (local.set $at (i32.add (i32.shl (local.get $slot) (i32.const 2)) (i32.const 4096)))
      (if (i32.ne (i32.load (local.get $at)) (local.get $key))
        (then
          (local.set $slot (i32.and (i32.add (local.get $slot) (i32.const 1)) (i32.const 1023)))
          (br $next))))
    (i32.store offset=8192 (local.get $at) (local.get $slot))
    (local.get $slot)))

;;; asm
;; function sum, 74 bytes
;; loop L0: 9 instructions
;;     xor eax, eax
;;     mov rsi, [rdi+8]
;;     mov rdi, [rdi+0x20]
;;     mov rcx, rax
;;     nop [rax+rax]
;;     nop [rax+rax]
;;     nop
;; L0:
;;     test [rsi+8], esi
;;     jne L1
;;     mov edx, [rdi+rcx+0x400]  ; trap2
;;     add edx, [rdi+rcx+0x404]  ; trap2
;;     add eax, edx
;;     lea ecx, [rcx+8]
;;     nop [rax+rax]
;;     cmp ecx, 0x320
;;     jne L0
;;     ret
;; L1:
;;     hlt  ; trap11
;;
;; function shift_down, 55 bytes
;; loop L0: 7 instructions
;;     mov rcx, rdi
;;     xor edi, edi
;;     cmp esi, 1
;;     jl L1
;;     mov rax, [rcx+8]
;;     mov rcx, [rcx+0x20]
;;     nop [rax+rax]
;;     nop [rax+rax]
;; L0:
;;     test [rax+8], eax
;;     jne L2
;;     movzx edx, byte ptr [rcx+rdi+0x41]  ; trap2
;;     mov [rcx+rdi+0x40], dl  ; trap2
;;     lea edi, [rdi+1]
;;     cmp edi, esi
;;     jl L0
;; L1:
;;     ret
;; L2:
;;     hlt  ; trap11
;;
;; function rows, 111 bytes
;; loop L0: 19 instructions
;; loop L1: 6 instructions
;;     mov rax, rdi
;;     vxorps xmm0, xmm0, xmm0
;;     xor esi, esi
;;     mov rdi, [rax+8]
;;     mov rax, [rax+0x20]
;; L0:
;;     test [rdi+8], edi
;;     jne L2
;;     xor ecx, ecx
;;     mov rdx, rsi
;;     and edx, 0x7fff
;;     add rdx, rax
;;     nop [rax+rax]
;;     nop [rax+rax]
;;     nop [rax+rax]
;; L1:
;;     test [rdi+8], edi
;;     jne L3
;;     vaddsd xmm0, xmm0, [rdx+rcx+0x1000]  ; trap2
;;     lea ecx, [rcx+8]
;;     cmp ecx, 0x200
;;     jne L1
;;     lea esi, [rsi+0x200]
;;     nop
;;     cmp esi, 0x8000
;;     jne L0
;;     ret
;; L2:
;;     hlt  ; trap11
;; L3:
;;     hlt  ; trap11
;;
;; function slot, 64 bytes
;; loop L0: 6 instructions
;;     mov rax, rsi
;;     and eax, 0x3ff
;;     mov rcx, [rdi+8]
;;     mov rdi, [rdi+0x20]
;;     jmp L1
;;     nop [rax+rax]
;;     nop [rax]
;; L0:
;;     lea eax, [rax+1]
;;     and eax, 0x3ff
;; L1:
;;     test [rcx+8], ecx
;;     jne L2
;;     cmp [rdi+rax*4+0x1000], esi  ; trap2
;;     jne L0
;;     mov [rdi+rax*4+0x3000], eax  ; trap2
;;     ret
;; L2:
;;     hlt  ; trap11
