package org.jxapi.hypervisor.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/** The save file of a simulated domain: its memory is the id of its boot. */
record SimulatedSaveFile(String format, String bootId) {
    private static final String FORMAT = "jxapi-simulator-1";

    /** Returns the id of the boot of the guest in a save file; FAIL when it is none. */
    static String bootId(Path file) {
        SimulatedSaveFile saved;
        try {
            saved = DomainFiles.JSON.readValue(file.toFile(), SimulatedSaveFile.class);
        } catch (IOException e) {
            throw new HypervisorException(LibxlError.FAIL, "the save file cannot be read: " + e.getMessage());
        }
        if (!FORMAT.equals(saved.format())) {
            throw new HypervisorException(LibxlError.FAIL, "the save file is not one of the simulator");
        }
        return saved.bootId();
    }

    static void write(Path file, String bootId) {
        try {
            Files.write(file, DomainFiles.JSON.writeValueAsBytes(new SimulatedSaveFile(FORMAT, bootId)));
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    /** Writes the beginning of a save file, as a save does that fails midway. */
    static void writePart(Path file) {
        try {
            Files.writeString(file, "{\"format\":");
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    private static HypervisorException unwritten(IOException e) {
        return new HypervisorException(LibxlError.FAIL, "the save file cannot be written: " + e.getMessage());
    }
}
