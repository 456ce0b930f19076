#include "textflag.h"

// func additions(rounds uint64)
//
// Each round is 64 additions that wait for each other. The operand is a
// register: some processors execute additions of constants at once.
TEXT ·additions(SB), NOSPLIT, $0-8
	MOVD rounds+0(FP), R2
	MOVD $1, R1
	MOVD $0, R0

round:
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	ADD  R1, R0, R0
	SUBS $1, R2, R2
	BNE  round
	RET
