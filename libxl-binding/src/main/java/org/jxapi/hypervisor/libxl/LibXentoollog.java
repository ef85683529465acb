package org.jxapi.hypervisor.libxl;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.Encoding;

/** The functions of libxentoollog that the binding uses, {@code xentoollog.h}. */
@Encoding("UTF-8")
public interface LibXentoollog {
    int XTL_DEBUG = 1;
    int XTL_INFO = 5;
    int XTL_STDIOSTREAM_HIDE_PROGRESS = 4;

    Pointer xtl_createlogger_stdiostream(Pointer stream, int level, int flags);

    void xtl_logger_destroy(Pointer logger);
}
