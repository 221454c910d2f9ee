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
;; function sum, 184 bytes
;; loop L0: 30 instructions
;;     xor eax, eax
;;     mov rsi, [rdi+8]
;;     mov rdi, [rdi+0x20]
;;     mov rcx, rax
;;     nop [rax+rax]
;;     nop [rax+rax]
;;     nop
;; L0:
;;     test [rsi+8], esi
;;     jne L4
;;     mov edx, [rdi+rcx+0x400]  ; trap2
;;     add edx, [rdi+rcx+0x404]  ; trap2
;;     add eax, edx
;;     add ecx, 8
;;     nop [rax]
;;     cmp ecx, 0x320
;;     je L3
;;     mov edx, [rdi+rcx+0x400]  ; trap2
;;     add edx, [rdi+rcx+0x404]  ; trap2
;;     add edx, eax
;;     lea eax, [rcx+8]
;;     nop
;;     cmp eax, 0x320
;;     je L1
;;     mov ecx, [rdi+rax+0x400]  ; trap2
;;     add ecx, [rdi+rax+0x404]  ; trap2
;;     add ecx, edx
;;     lea edx, [rax+8]
;;     nop [rax+rax]
;;     cmp edx, 0x320
;;     je L2
;;     mov eax, [rdi+rdx+0x400]  ; trap2
;;     add eax, [rdi+rdx+0x404]  ; trap2
;;     add eax, ecx
;;     lea ecx, [rdx+8]
;;     nop [rax+rax]
;;     cmp ecx, 0x320
;;     jne L0
;;     jmp L3
;; L1:
;;     mov rax, rdx
;;     jmp L3
;; L2:
;;     mov rax, rcx
;; L3:
;;     ret
;; L4:
;;     hlt  ; trap11
;;
;; function shift_down, 103 bytes
;; loop L0: 22 instructions
;;     mov rax, rdi
;;     xor ecx, ecx
;;     cmp esi, 1
;;     jl L1
;;     mov rdi, [rax+8]
;;     mov rax, [rax+0x20]
;;     nop [rax+rax]
;;     nop
;; L0:
;;     test [rdi+8], edi
;;     jne L2
;;     movzx edx, byte ptr [rax+rcx+0x41]  ; trap2
;;     mov [rax+rcx+0x40], dl  ; trap2
;;     add ecx, 1
;;     cmp ecx, esi
;;     jge L1
;;     movzx edx, byte ptr [rax+rcx+0x41]  ; trap2
;;     mov [rax+rcx+0x40], dl  ; trap2
;;     add ecx, 1
;;     cmp ecx, esi
;;     jge L1
;;     movzx edx, byte ptr [rax+rcx+0x41]  ; trap2
;;     mov [rax+rcx+0x40], dl  ; trap2
;;     add ecx, 1
;;     cmp ecx, esi
;;     jge L1
;;     movzx edx, byte ptr [rax+rcx+0x41]  ; trap2
;;     mov [rax+rcx+0x40], dl  ; trap2
;;     add ecx, 1
;;     cmp ecx, esi
;;     jl L0
;; L1:
;;     ret
;; L2:
;;     hlt  ; trap11
;;
;; function rows, 193 bytes
;; loop L0: 33 instructions
;; loop L1: 21 instructions
;;     mov rax, rdi
;;     vxorps xmm0, xmm0, xmm0
;;     xor esi, esi
;;     mov rdi, [rax+8]
;;     mov rax, [rax+0x20]
;; L0:
;;     test [rdi+8], edi
;;     jne L3
;;     xor edx, edx
;;     mov rcx, rsi
;;     and ecx, 0x7fff
;;     add rcx, rax
;;     nop [rax+rax]
;;     nop [rax+rax]
;;     nop [rax+rax]
;; L1:
;;     test [rdi+8], edi
;;     jne L4
;;     vaddsd xmm0, xmm0, [rcx+rdx+0x1000]  ; trap2
;;     add edx, 8
;;     cmp edx, 0x200
;;     je L2
;;     vaddsd xmm0, xmm0, [rcx+rdx+0x1000]  ; trap2
;;     add edx, 8
;;     cmp edx, 0x200
;;     je L2
;;     vaddsd xmm0, xmm0, [rcx+rdx+0x1000]  ; trap2
;;     add edx, 8
;;     nop [rax]
;;     cmp edx, 0x200
;;     je L2
;;     vaddsd xmm0, xmm0, [rcx+rdx+0x1000]  ; trap2
;;     add edx, 8
;;     nop [rax+rax]
;;     nop [rax]
;;     cmp edx, 0x200
;;     jne L1
;; L2:
;;     add esi, 0x200
;;     cmp esi, 0x8000
;;     jne L0
;;     ret
;; L3:
;;     hlt  ; trap11
;; L4:
;;     hlt  ; trap11
;;
;; function slot, 182 bytes
;; loop L0: 30 instructions
;;     mov rax, rsi
;;     mov rcx, rsi
;;     mov rsi, rdi
;;     mov rdi, rcx
;;     and eax, 0x3ff
;;     mov rcx, [rsi+8]
;;     mov rsi, [rsi+0x20]
;;     jmp L1
;;     nop [rax]
;; L0:
;;     add eax, 1
;;     and eax, 0x3ff
;; L1:
;;     test [rcx+8], ecx
;;     jne L3
;;     mov rdx, rax
;;     shl rdx, 2
;;     nop [rax]
;;     cmp [rsi+rax*4+0x1000], edi  ; trap2
;;     je L2
;;     add eax, 1
;;     and eax, 0x3ff
;;     mov rdx, rax
;;     shl rdx, 2
;;     nop [rax]
;;     cmp [rsi+rax*4+0x1000], edi  ; trap2
;;     je L2
;;     add eax, 1
;;     and eax, 0x3ff
;;     mov rdx, rax
;;     shl rdx, 2
;;     nop [rax]
;;     cmp [rsi+rax*4+0x1000], edi  ; trap2
;;     je L2
;;     add eax, 1
;;     and eax, 0x3ff
;;     mov rdx, rax
;;     shl rdx, 2
;;     nop [rax]
;;     cmp [rsi+rax*4+0x1000], edi  ; trap2
;;     jne L0
;; L2:
;;     mov [rsi+rdx+0x3000], eax  ; trap2
;;     ret
;; L3:
;;     hlt  ; trap11
