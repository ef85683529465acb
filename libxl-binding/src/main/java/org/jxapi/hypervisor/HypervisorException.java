package org.jxapi.hypervisor;

import java.util.List;

/** An operation of the hypervisor failed. */
public final class HypervisorException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final LibxlError error;
    private final transient List<String> log;

    /**
     * @param error libxl's error code
     * @param message what was tried and what is wrong
     * @param log what libxl logged meanwhile, oldest first
     */
    public HypervisorException(LibxlError error, String message, List<String> log) {
        super(message + " (" + error + " " + error.value() + ")");
        this.error = error;
        this.log = List.copyOf(log);
    }

    public HypervisorException(LibxlError error, String message) {
        this(error, message, List.of());
    }

    public LibxlError error() {
        return error;
    }

    /** Returns what libxl logged during the operation, oldest first. */
    public List<String> log() {
        return log == null ? List.of() : log;
    }
}
