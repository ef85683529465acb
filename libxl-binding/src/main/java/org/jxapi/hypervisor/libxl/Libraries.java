package org.jxapi.hypervisor.libxl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.mapper.FunctionMapper;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/** The loaded Xen libraries of this machine. libxenlight's name has Xen's version, so it is looked for. */
public final class Libraries {
    /** Names a folder with the libraries, for one that is not among the usual ones. */
    public static final String FOLDER_PROPERTY = "jxapi.libxl.folder";

    private static final List<Path> FOLDERS = List.of(
            Path.of("/usr/local/lib"),
            Path.of("/usr/lib/" + multiarch()),
            Path.of("/lib/" + multiarch()),
            Path.of("/usr/lib64"),
            Path.of("/usr/local/lib64"),
            Path.of("/usr/lib"));
    private static final Pattern LIBXENLIGHT = Pattern.compile("libxenlight\\.so\\.(\\d+)\\.(\\d+)(\\.\\d+)*");

    /** Larger than any structure; the largest, domain_config, has some 1,300 bytes. */
    private static final int LARGEST = 32 * 1024;

    private final LibC libc;
    private final LibXenlight libxl;
    private final LibXentoollog toollog;
    private final LibXenstore xenstore;
    private final Path folder;
    private final Path libxlPath;
    private final Runtime runtime;
    private final Map<StructType, StructFunctions> structs = new EnumMap<>(StructType.class);
    private final Map<String, DeviceFunctions> devices = new ConcurrentHashMap<>();
    private final Map<StructType, Integer> sizes = new ConcurrentHashMap<>();

    private Libraries(Path folder, Path libxlPath) {
        this.folder = folder;
        this.libxlPath = libxlPath;
        this.libc = LibraryLoader.create(LibC.class).load("c");
        this.runtime = Runtime.getRuntime(libc);
        this.toollog = LibraryLoader.create(LibXentoollog.class).load(named(folder, "libxentoollog.so.1"));
        this.xenstore = LibraryLoader.create(LibXenstore.class).load(newest(folder, "libxenstore.so."));
        this.libxl = LibraryLoader.create(LibXenlight.class).load(libxlPath.toString());
    }

    /**
     * Loads the newest libxenlight there is.
     *
     * @throws HypervisorException {@code FAIL} when there is none or it cannot be loaded
     */
    public static Libraries load() {
        String folder = System.getProperty(FOLDER_PROPERTY);
        List<Path> folders = folder == null ? FOLDERS : List.of(Path.of(folder));
        for (Path place : folders) {
            List<Path> found = list(place, "libxenlight.so.*");
            found.removeIf(p -> !LIBXENLIGHT.matcher(p.getFileName().toString()).matches());
            if (!found.isEmpty()) {
                Path newest = found.stream()
                        .max(Comparator.comparing(Libraries::version)
                                .thenComparing(p -> p.getFileName().toString()))
                        .orElseThrow();
                try {
                    return new Libraries(place, newest);
                } catch (UnsatisfiedLinkError e) {
                    throw new HypervisorException(LibxlError.FAIL, "libxl cannot be loaded: " + e.getMessage());
                }
            }
        }
        throw new HypervisorException(LibxlError.FAIL, "there is no libxenlight on this machine: Xen is not installed");
    }

    private static String multiarch() {
        return System.getProperty("os.arch").equals("aarch64") ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
    }

    private static List<Path> list(Path folder, String glob) {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
                files.forEach(found::add);
            } catch (IOException e) {
                throw new HypervisorException(LibxlError.FAIL, folder + " cannot be read: " + e.getMessage());
            }
        }
        return found;
    }

    private static String named(Path folder, String name) {
        Path file = folder.resolve(name);
        return Files.exists(file) ? file.toString() : name;
    }

    private static String newest(Path folder, String prefix) {
        return list(folder, prefix + "*").stream()
                .map(Path::toString)
                .max(Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder()))
                .orElse(prefix + "4");
    }

    private static int version(Path libxenlight) {
        Matcher m = LIBXENLIGHT.matcher(libxenlight.getFileName().toString());
        return m.matches() ? Integer.parseInt(m.group(1)) * 1000 + Integer.parseInt(m.group(2)) : 0;
    }

    /** Returns the version in the library's name, as {@code 4.17}. */
    public String libxlVersion() {
        int version = version(libxlPath);
        return version / 1000 + "." + version % 1000;
    }

    /** Returns the folder of the libraries. */
    Path folder() {
        return folder;
    }

    LibC libc() {
        return libc;
    }

    LibXenlight libxl() {
        return libxl;
    }

    LibXentoollog toollog() {
        return toollog;
    }

    /** Loads libxenctrl, of the same version as libxl; an UnsatisfiedLinkError when it is not there. */
    LibXenctrl xenctrl() {
        return LibraryLoader.create(LibXenctrl.class).load(named(folder, "libxenctrl.so." + libxlVersion()));
    }

    LibXenstore xenstore() {
        return xenstore;
    }

    Runtime runtime() {
        return runtime;
    }

    /** Returns zeroed memory, to be freed with {@link LibC#free}. */
    Pointer allocate(int bytes) {
        Pointer memory = libc.calloc(1, bytes);
        if (memory == null) {
            throw new HypervisorException(LibxlError.NOMEM, "no memory for " + bytes + " bytes");
        }
        return memory;
    }

    synchronized StructFunctions functions(StructType type) {
        return structs.computeIfAbsent(
                type, t -> prefixed(StructFunctions.class, "libxl_" + t.name().toLowerCase(Locale.ROOT)));
    }

    /** Returns the functions {@code libxl_<prefix>_add} and so on; calling one that is missing is a LinkageError. */
    DeviceFunctions device(String prefix) {
        return devices.computeIfAbsent(prefix, p -> prefixed(DeviceFunctions.class, "libxl_" + p));
    }

    private <T> T prefixed(Class<T> functions, String prefix) {
        FunctionMapper mapper = (name, context) -> prefix + "_" + name;
        Map<LibraryOption, Object> options = new HashMap<>();
        options.put(LibraryOption.FunctionMapper, mapper);
        LibraryLoader<T> loader = LibraryLoader.create(functions);
        options.forEach(loader::option);
        return loader.load(libxlPath.toString());
    }

    /** Returns the size of a structure in this version of libxl: that many bytes its init function zeroes. */
    int sizeOf(StructType type) {
        return sizes.computeIfAbsent(type, this::measure);
    }

    private int measure(StructType type) {
        byte pattern = (byte) 0xA5;
        byte[] bytes = new byte[LARGEST];
        Arrays.fill(bytes, pattern);
        Pointer memory = allocate(LARGEST);
        try {
            memory.put(0, bytes, 0, LARGEST);
            functions(type).init(memory);
            memory.get(0, bytes, 0, LARGEST);
        } finally {
            libc.free(memory);
        }
        int size = LARGEST;
        while (size > 0 && bytes[size - 1] == pattern) {
            size--;
        }
        if (size == 0 || size == LARGEST) {
            throw new IllegalStateException("libxl_" + type + "_init wrote " + size + " bytes");
        }
        return size;
    }

    /** Copies a C string that libxl allocated, and frees it; nothing when there is none. */
    Optional<String> takeString(@Nullable Pointer string) {
        if (string == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(string(string));
        } finally {
            libc.free(string);
        }
    }

    /** Copies a C string. */
    String string(Pointer string) {
        byte[] bytes = new byte[(int) libc.strlen(string)];
        string.get(0, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
