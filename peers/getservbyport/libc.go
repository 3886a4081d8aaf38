//go:build cgo && linux

package getservbyport

// #include <netdb.h>
// #include <arpa/inet.h>
// #include <stdlib.h>
import "C"

import "unsafe"

// libc asks the C library, which reads /etc/services again for each question.
func libc(port uint16, transport string) string {
	t := C.CString(transport)
	defer C.free(unsafe.Pointer(t))
	s := C.getservbyport(C.int(C.htons(C.uint16_t(port))), t)
	if s == nil {
		return ""
	}
	return C.GoString(s.s_name)
}
