// The one function of bcryptprimitives.dll that Go calls, for a Wine that lacks it.
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID data, ULONG n); // RtlGenRandom

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T n) {
	return SystemFunction036(data, (ULONG)n);
}
