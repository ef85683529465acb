package org.jxapi.hypervisor.libxl;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.Encoding;
import jnr.ffi.types.int64_t;
import jnr.ffi.types.size_t;
import jnr.ffi.types.uintptr_t;
import org.jspecify.annotations.Nullable;

/** The functions of the C library that the binding uses. Failures leave errno in the runtime's last error. */
@Encoding("UTF-8")
public interface LibC {
    int O_RDONLY = 0;
    int O_WRONLY = 1;
    int O_CREAT = 0100;
    int O_TRUNC = 01000;
    int O_CLOEXEC = 02000000;
    int EINTR = 4;
    int EFD_CLOEXEC = 02000000;
    int EFD_NONBLOCK = 04000;
    int MFD_CLOEXEC = 1;
    int MADV_DONTFORK = 10;
    short POLLIN = 1;

    /** Returns zeroed memory, or null when there is none. */
    @Nullable
    Pointer calloc(@size_t long count, @size_t long size);

    void free(Pointer memory);

    int open(String path, int flags, int mode);

    int close(int fd);

    /** Makes a pipe; {@code fds} gets two ints, the end to read first. */
    int pipe2(Pointer fds, int flags);

    int fcntl(int fd, int command, int argument);

    int fsync(int fd);

    int ftruncate(int fd, @int64_t long length);

    @size_t
    long pread(int fd, Pointer to, @size_t long count, @int64_t long offset);

    @size_t
    long read(int fd, Pointer to, @size_t long count);

    @size_t
    long write(int fd, Pointer from, @size_t long count);

    int madvise(@uintptr_t long address, @size_t long length, int advice);

    int memfd_create(String name, int flags);

    int eventfd(int initial, int flags);

    @Nullable
    Pointer fdopen(int fd, String mode);

    int fclose(Pointer stream);

    /** Waits for descriptors: an array of {@code struct pollfd}, 8 bytes each. */
    int poll(Pointer fds, @size_t long count, int timeoutMillis);

    @size_t
    long strlen(Pointer string);
}
