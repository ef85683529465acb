package org.jxapi.hypervisor.libxl;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@code libxl_ctx}, used by one call at a time, so that what libxl logs meanwhile is that call's. libxl logs into
 * a file in memory: a logger of ours would also be called in children that libxl forks, where no Java can run.
 */
final class LibxlContext implements AutoCloseable {
    static final Logger LIBXL_LOG = LoggerFactory.getLogger("libxl");
    private static final int OUT_BYTES = 64;
    private static final int LOG_CHUNK = 16 * 1024;
    private static final int MOST_LOG = 1024 * 1024;

    private final Libraries libraries;
    private final int logFd;
    private final Pointer logStream;
    private final Pointer logger;
    private final Pointer out;
    private final Pointer ctx;

    /**
     * @param childHooks {@code libxl_childproc_hooks}, which must live as long as any context
     */
    LibxlContext(Libraries libraries, Pointer childHooks) {
        this.libraries = libraries;
        LibC libc = libraries.libc();
        out = libraries.allocate(OUT_BYTES);
        logFd = libc.memfd_create("libxl-log", LibC.MFD_CLOEXEC);
        Pointer stream = logFd < 0 ? null : libc.fdopen(logFd, "a");
        if (stream == null) {
            throw new HypervisorException(LibxlError.FAIL, "no file for libxl's log");
        }
        logStream = stream;
        int level = LIBXL_LOG.isDebugEnabled() ? LibXentoollog.XTL_DEBUG : LibXentoollog.XTL_INFO;
        logger = libraries
                .toollog()
                .xtl_createlogger_stdiostream(logStream, level, LibXentoollog.XTL_STDIOSTREAM_HIDE_PROGRESS);
        int rc = libraries.libxl().libxl_ctx_alloc(out, 0, 0, logger);
        ctx = out.getPointer(0);
        if (rc != 0) {
            HypervisorException failure = failure(rc, "libxl cannot reach Xen");
            freeLog();
            throw failure;
        }
        libraries.libxl().libxl_childproc_setmode(ctx, childHooks, null);
    }

    Pointer pointer() {
        return ctx;
    }

    Libraries libraries() {
        return libraries;
    }

    LibXenlight libxl() {
        return libraries.libxl();
    }

    /** Returns zeroed memory of this context for results of a call. */
    Pointer out() {
        out.setMemory(0, OUT_BYTES, (byte) 0);
        return out;
    }

    Struct struct(StructType type) {
        return Struct.empty(libraries, type);
    }

    /** Throws what a libxl return code says, if it is an error. */
    int check(int rc, String what) {
        if (rc < 0) {
            throw failure(rc, what);
        }
        return rc;
    }

    HypervisorException failure(int rc, String what) {
        List<String> log = takeLog();
        String first = log.stream()
                .filter(line -> line.contains(": error: "))
                .findFirst()
                .map(line -> ": " + line.replaceFirst("^.*: error: (libxl_\\w+\\.c:\\d+:\\w+: )?", ""))
                .orElse("");
        return new HypervisorException(LibxlError.of(rc), what + first, log);
    }

    /** Returns what libxl logged since the last time, and passes it on to this program's log. */
    List<String> takeLog() {
        List<String> lines = new ArrayList<>();
        byte[] text = readLog();
        if (text.length > 0) {
            for (String line : new String(text, StandardCharsets.UTF_8).split("\n")) {
                lines.add(line);
                if (line.contains(": debug: ")) {
                    LIBXL_LOG.debug("{}", line);
                } else if (line.contains(": error: ") || line.contains(": critical: ")) {
                    LIBXL_LOG.warn("{}", line);
                } else {
                    LIBXL_LOG.info("{}", line);
                }
            }
        }
        return lines;
    }

    private byte[] readLog() {
        LibC libc = libraries.libc();
        Pointer chunk = null;
        byte[] all = new byte[0];
        try {
            while (all.length < MOST_LOG) {
                // Most calls log nothing, so the first look needs no memory.
                Pointer to = chunk == null ? out : chunk;
                int room = chunk == null ? OUT_BYTES : LOG_CHUNK;
                int got = (int) libc.pread(logFd, to, room, all.length);
                if (got <= 0) {
                    break;
                }
                byte[] more = java.util.Arrays.copyOf(all, all.length + got);
                to.get(0, more, all.length, got);
                all = more;
                if (chunk == null) {
                    chunk = libraries.allocate(LOG_CHUNK);
                }
            }
        } finally {
            if (chunk != null) {
                libc.free(chunk);
            }
        }
        if (all.length > 0) {
            libc.ftruncate(logFd, 0);
        }
        return all;
    }

    /** Reads a list that libxl allocated, and frees it. */
    <T> List<T> takeList(
            StructType type,
            @Nullable Pointer array,
            int count,
            java.util.function.Function<com.fasterxml.jackson.databind.node.ObjectNode, T> read) {
        List<T> all = new ArrayList<>();
        if (array != null) {
            int size = libraries.sizeOf(type);
            StructFunctions functions = libraries.functions(type);
            for (int i = 0; i < count; i++) {
                Pointer element = array.slice((long) i * size, size);
                all.add(read.apply(Struct.json(libraries, ctx, type, element)));
                functions.dispose(element);
            }
            libraries.libc().free(array);
        }
        return all;
    }

    /** Asks the call that runs in this context to stop; may come from any thread. */
    boolean abort() {
        return libraries.libxl().libxl_ao_abort(ctx, null) == 0;
    }

    int call(ToIntFunction<LibxlContext> function) {
        return function.applyAsInt(this);
    }

    @Override
    public void close() {
        libraries.libxl().libxl_ctx_free(ctx);
        takeLog();
        freeLog();
    }

    private void freeLog() {
        libraries.toollog().xtl_logger_destroy(logger);
        libraries.libc().fclose(logStream);
        libraries.libc().free(out);
    }
}
