#include "textflag.h"

// Sixteen times a byte.
#define EACH(byte, x) \
	MOVQ $(0x0101010101010101*byte), DX \
	MOVQ DX, x                          \
	PUNPCKLQDQ x, x

// func near(s string) int
TEXT ·near(SB), NOSPLIT, $0-24
	MOVQ s_base+0(FP), SI
	MOVQ s_len+8(FP), CX
	XORQ AX, AX
	SUBQ $17, CX
	JLT  done
	EACH(0x20, X8)
	EACH(0x74, X9)  // t
	EACH(0x77, X10) // w
	EACH(0x78, X11) // x
	EACH(0x2e, X12) // .
	EACH(0x63, X13) // c
	EACH(0x40, X14) // @
	CMPB ·wide(SB), $1
	JNE  loop
	SUBQ $16, CX
	JLT  narrow
	VPBROADCASTQ X8, Y8
	VPBROADCASTQ X9, Y9
	VPBROADCASTQ X10, Y10
	VPBROADCASTQ X11, Y11
	VPBROADCASTQ X12, Y12
	VPBROADCASTQ X13, Y13
	VPBROADCASTQ X14, Y14

loop32: // as below, of thirty-two pairs
	VMOVDQU   (SI)(AX*1), Y0
	VMOVDQU   1(SI)(AX*1), Y1
	VPCMPEQB  Y14, Y1, Y5
	VPOR      Y8, Y0, Y0
	VPOR      Y8, Y1, Y1
	VPCMPEQB  Y11, Y0, Y2
	VPCMPEQB  Y12, Y1, Y3
	VPCMPEQB  Y13, Y1, Y4
	VPOR      Y4, Y3, Y3
	VPAND     Y3, Y2, Y2
	VPCMPEQB  Y9, Y0, Y0
	VPCMPEQB  Y10, Y1, Y3
	VPAND     Y3, Y0, Y0
	VPOR      Y2, Y0, Y0
	VPOR      Y5, Y0, Y0
	VPMOVMSKB Y0, DX
	TESTL     DX, DX
	JNZ       found32
	ADDQ      $32, AX
	CMPQ      AX, CX
	JLE       loop32
	VZEROUPPER

narrow:
	ADDQ $16, CX
	CMPQ AX, CX
	JGT  done

loop: // the first bytes of sixteen pairs in X0, the second ones in X1
	MOVOU    (SI)(AX*1), X0
	MOVOU    1(SI)(AX*1), X1
	MOVO     X1, X5
	PCMPEQB  X14, X5 // @
	POR      X8, X0  // small letters
	POR      X8, X1
	MOVO     X0, X2
	PCMPEQB  X11, X2
	MOVO     X1, X3
	PCMPEQB  X12, X3
	MOVO     X1, X4
	PCMPEQB  X13, X4
	POR      X4, X3
	PAND     X3, X2  // x. or xc
	PCMPEQB  X9, X0
	PCMPEQB  X10, X1
	PAND     X1, X0  // tw
	POR      X2, X0
	POR      X5, X0
	PMOVMSKB X0, DX
	TESTL    DX, DX
	JNZ      found
	ADDQ     $16, AX
	CMPQ     AX, CX
	JLE      loop
	JMP      done

found32:
	VZEROUPPER

found:
	BSFL DX, DX
	ADDQ DX, AX

done:
	MOVQ AX, ret+16(FP)
	RET
