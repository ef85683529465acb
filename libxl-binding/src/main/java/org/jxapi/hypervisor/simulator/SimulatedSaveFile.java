package org.jxapi.hypervisor.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/** The save file of a simulated domain: its memory is the id of its boot. */
record SimulatedSaveFile(String format, String bootId) {
    private static final String FORMAT = "jxapi-simulator-1";

    /** Returns the id of the boot of the guest in a save file; FAIL when it is none. */
    static String bootId(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return bootId(in);
        } catch (IOException e) {
            throw new HypervisorException(LibxlError.FAIL, "the save file cannot be read: " + e.getMessage());
        }
    }

    /** The same of a stream, which is read to its end. */
    static String bootId(InputStream in) {
        SimulatedSaveFile saved;
        try {
            saved = DomainFiles.JSON.readValue(in.readAllBytes(), SimulatedSaveFile.class);
        } catch (IOException e) {
            throw new HypervisorException(LibxlError.FAIL, "the save file cannot be read: " + e.getMessage());
        }
        if (!FORMAT.equals(saved.format())) {
            throw new HypervisorException(LibxlError.FAIL, "the save file is not one of the simulator");
        }
        return saved.bootId();
    }

    static void write(OutputStream out, String bootId) {
        try {
            out.write(DomainFiles.JSON.writeValueAsBytes(new SimulatedSaveFile(FORMAT, bootId)));
            out.flush();
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    /** Writes the beginning of a save file, as a save does that fails midway. */
    static void writePart(OutputStream out) {
        try {
            out.write("{\"format\":".getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    static HypervisorException unwritten(IOException e) {
        return new HypervisorException(LibxlError.FAIL, "the save file cannot be written: " + e.getMessage());
    }
}
