;;! interruption=1
(module
  (memory 1)

  ;; bytes until zero
  (func $strlen (param i32) (result i32) (local i32)
    (loop $next
      (if (i32.load8_u (i32.add (local.get 0) (local.get 1)))
        (then (local.set 1 (i32.add (local.get 1) (i32.const 1))) (br $next))))
    (local.get 1))

  ;; strided byte stores, as a sieve's
  (func $mark (param $from i32) (param $step i32) (param $limit i32)
    (loop $next
      (i32.store8 offset=1024 (local.get $from) (i32.const 1))
      (br_if $next (i32.le_s (local.tee $from (i32.add (local.get $from) (local.get $step))) (local.get $limit)))))

  ;; counts zero bytes, the counter read behind the loop
  (func $zeros (param $at i32) (param $end i32) (result i32) (local $count i32)
    (loop $next
      (local.set $count (i32.add (local.get $count) (i32.eqz (i32.load8_u (local.get $at)))))
      (br_if $next (i32.ne (local.tee $at (i32.add (local.get $at) (i32.const 1))) (local.get $end))))
    (i32.add (local.get $count) (local.get $at)))

  ;; y[i] += a * x[i]
  (func $axpy (param $x i32) (param $y i32) (param $n i32) (param $a f64)
    (loop $next
      (f64.store (local.get $y) (f64.add (f64.load (local.get $y)) (f64.mul (local.get $a) (f64.load (local.get $x)))))
      (local.set $x (i32.add (local.get $x) (i32.const 8)))
      (local.set $y (i32.add (local.get $y) (i32.const 8)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

  ;; a shift by one element: the old place is read behind the step
  (func $shift (param $at i32) (param $end i32) (local $next i32)
    (loop $again
      (local.set $next (i32.add (local.get $at) (i32.const 4)))
      (i32.store (local.get $at) (i32.load (local.get $next)))
      (local.set $at (local.get $next))
      (br_if $again (i32.lt_u (local.get $at) (local.get $end))))))

;;; asm
;; function strlen, 87 bytes
;; loop L0: 18 instructions
;;     mov rcx, rdi
;;     xor eax, eax
;;     mov rdi, [rcx+8]
;;     mov rcx, [rcx+0x20]
;;     jmp L1
;;     nop [rax+rax]
;;     nop [rax+rax]
;; L0:
;;     add eax, 1
;; L1:
;;     test [rdi+8], edi
;;     jne L3
;;     lea edx, [rsi+rax]
;;     cmp byte ptr [rcx+rdx], 0  ; trap2
;;     je L2
;;     add eax, 1
;;     lea edx, [rsi+rax]
;;     cmp byte ptr [rcx+rdx], 0  ; trap2
;;     je L2
;;     add eax, 1
;;     lea edx, [rsi+rax]
;;     cmp byte ptr [rcx+rdx], 0  ; trap2
;;     je L2
;;     add eax, 1
;;     lea edx, [rsi+rax]
;;     cmp byte ptr [rcx+rdx], 0  ; trap2
;;     jne L0
;; L2:
;;     ret
;; L3:
;;     hlt  ; trap11
;;
;; function mark, 102 bytes
;; loop L0: 20 instructions
;;     mov rax, rsi
;;     mov rsi, [rdi+8]
;;     mov rdi, [rdi+0x20]
;;     nop [rax+rax]
;;     nop [rax+rax]
;;     nop [rax]
;; L0:
;;     test [rsi+8], esi
;;     jne L2
;;     mov byte ptr [rdi+rax+0x400], 1  ; trap2
;;     add eax, edx
;;     cmp eax, ecx
;;     jg L1
;;     mov byte ptr [rdi+rax+0x400], 1  ; trap2
;;     add eax, edx
;;     nop [rax]
;;     cmp eax, ecx
;;     jg L1
;;     mov byte ptr [rdi+rax+0x400], 1  ; trap2
;;     add eax, edx
;;     cmp eax, ecx
;;     jg L1
;;     mov byte ptr [rdi+rax+0x400], 1  ; trap2
;;     add eax, edx
;;     nop [rax]
;;     cmp eax, ecx
;;     jle L0
;; L1:
;;     ret
;; L2:
;;     hlt  ; trap11
;;
;; function zeros, 104 bytes
;; loop L0: 24 instructions
;;     mov rcx, rdi
;;     xor eax, eax
;;     mov rdi, [rcx+8]
;;     mov rcx, [rcx+0x20]
;;     nop [rax+rax]
;;     nop [rax+rax]
;;     nop
;; L0:
;;     test [rdi+8], edi
;;     jne L2
;;     cmp byte ptr [rcx+rsi], 1  ; trap2
;;     adc eax, 0
;;     add esi, 1
;;     cmp esi, edx
;;     je L1
;;     cmp byte ptr [rcx+rsi], 1  ; trap2
;;     adc eax, 0
;;     add esi, 1
;;     nop [rax]
;;     cmp esi, edx
;;     je L1
;;     cmp byte ptr [rcx+rsi], 1  ; trap2
;;     adc eax, 0
;;     add esi, 1
;;     cmp esi, edx
;;     je L1
;;     cmp byte ptr [rcx+rsi], 1  ; trap2
;;     adc eax, 0
;;     add esi, 1
;;     nop [rax]
;;     cmp esi, edx
;;     jne L0
;; L1:
;;     add eax, esi
;;     ret
;; L2:
;;     hlt  ; trap11
;;
;; function axpy, 171 bytes
;; loop L0: 36 instructions
;;     mov rax, rsi
;;     mov rsi, [rdi+8]
;;     mov rdi, [rdi+0x20]
;;     nop [rax+rax]
;;     nop [rax+rax]
;;     nop [rax]
;; L0:
;;     test [rsi+8], esi
;;     jne L2
;;     vmulsd xmm1, xmm0, [rdi+rax]  ; trap2
;;     vaddsd xmm1, xmm1, [rdi+rdx]  ; trap2
;;     vmovsd [rdi+rdx], xmm1  ; trap2
;;     add eax, 8
;;     add edx, 8
;;     add ecx, 0xffffffff
;;     test ecx, ecx
;;     je L1
;;     vmulsd xmm1, xmm0, [rdi+rax]  ; trap2
;;     vaddsd xmm1, xmm1, [rdi+rdx]  ; trap2
;;     vmovsd [rdi+rdx], xmm1  ; trap2
;;     add eax, 8
;;     add edx, 8
;;     add ecx, 0xffffffff
;;     nop [rax]
;;     test ecx, ecx
;;     je L1
;;     vmulsd xmm1, xmm0, [rdi+rax]  ; trap2
;;     vaddsd xmm1, xmm1, [rdi+rdx]  ; trap2
;;     vmovsd [rdi+rdx], xmm1  ; trap2
;;     add eax, 8
;;     add edx, 8
;;     add ecx, 0xffffffff
;;     nop [rax]
;;     test ecx, ecx
;;     je L1
;;     vmulsd xmm1, xmm0, [rdi+rax]  ; trap2
;;     vaddsd xmm1, xmm1, [rdi+rdx]  ; trap2
;;     vmovsd [rdi+rdx], xmm1  ; trap2
;;     add eax, 8
;;     add edx, 8
;;     nop [rax]
;;     add ecx, 0xffffffff
;;     jne L0
;; L1:
;;     ret
;; L2:
;;     hlt  ; trap11
;;
;; function shift, 102 bytes
;; loop L0: 24 instructions
;;     mov rax, rsi
;;     mov rsi, [rdi+8]
;;     mov rdi, [rdi+0x20]
;;     nop [rax+rax]
;;     nop [rax+rax]
;;     nop [rax]
;; L0:
;;     test [rsi+8], esi
;;     jne L2
;;     lea ecx, [rax+4]
;;     mov r8d, [rdi+rcx]  ; trap2
;;     mov [rdi+rax], r8d  ; trap2
;;     cmp ecx, edx
;;     jae L1
;;     lea eax, [rcx+4]
;;     mov r8d, [rdi+rax]  ; trap2
;;     mov [rdi+rcx], r8d  ; trap2
;;     nop
;;     cmp eax, edx
;;     jae L1
;;     lea ecx, [rax+4]
;;     mov r8d, [rdi+rcx]  ; trap2
;;     mov [rdi+rax], r8d  ; trap2
;;     cmp ecx, edx
;;     jae L1
;;     lea eax, [rcx+4]
;;     mov r8d, [rdi+rax]  ; trap2
;;     mov [rdi+rcx], r8d  ; trap2
;;     xchg ax, ax
;;     cmp eax, edx
;;     jb L0
;; L1:
;;     ret
;; L2:
;;     hlt  ; trap11
