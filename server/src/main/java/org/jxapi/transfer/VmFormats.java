package org.jxapi.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.VM;

/**
 * Files of other systems from which {@code PUT /import} makes VMs, and that {@code GET /export} writes. An import finds
 * the format by the contents of the file; an export gets its name, in the parameter {@code format}. Files of no format
 * here are XAPI's archives.
 *
 * @param imports in the order in which they are asked
 * @param exports by the names of their formats
 */
public record VmFormats(List<Import> imports, Map<String, Export> exports) {
    /** The name of XAPI's archives. */
    public static final String XVA = "xva";

    /** How many bytes formats are recognised by. */
    public static final int HEAD = 16 * 1024;

    /** The parameter of an import that needs no repository for new disks, because all disks stay where they are. */
    static final String NO_SR = "no_sr";

    /** XAPI's words for a dry run with an archive. */
    public static final String NO_DRY_RUN = "Only metadata import function support dry-run";

    /**
     * The key of a task's {@code other_config} with the report of an import or export: one line for each setting. It is
     * set whether or not the work succeeds.
     */
    private static final String REPORT = "report";

    /**
     * The key of the import's task in a VM's {@code other_config} and a disk's {@code sm_config}, as in XAPI. Should the
     * daemon be killed, its next start removes the objects with the key of an import that was under way.
     */
    public static final String IMPORT_TASK = ImportOptions.TASK;

    /** A format that VMs can be made of. */
    public interface Import {
        /** Whether a file that begins so has this format. */
        boolean recognises(byte[] head);

        /**
         * Reads an upload that is accepted, and makes its VMs. If it fails, it leaves nothing behind.
         *
         * @param sr where new disks go; the null reference if the client says that there are none
         * @return the new VMs
         */
        List<Ref<VM>> receive(Transfer transfer, Ref<SR> sr);
    }

    /** A format that VMs can be written in. */
    public interface Export {
        /**
         * Answers a download with a VM.
         *
         * @return the result of the task
         */
        String send(Transfer transfer, Ref<VM> vm);
    }

    /** Puts a report, unless it is empty, where the client of a task reads it. */
    public static void report(Store store, Ref<Task> task, String text) {
        store.change(tx -> {
            if (!text.isEmpty() && tx.find(task).isPresent()) {
                Map<String, String> config = new TreeMap<>(tx.get(task, Task.OTHER_CONFIG));
                config.put(REPORT, text);
                tx.set(task, Task.OTHER_CONFIG, config);
            }
        });
    }

    /** These formats and others. */
    public VmFormats and(VmFormats others) {
        List<Import> both = new ArrayList<>(imports);
        both.addAll(others.imports);
        Map<String, Export> named = new TreeMap<>(exports);
        named.putAll(others.exports);
        return new VmFormats(List.copyOf(both), named);
    }

    Optional<Import> recognise(byte[] head) {
        return imports.stream().filter(format -> format.recognises(head)).findFirst();
    }

    /** The format of that name; INVALID_VALUE if there is none. */
    Export export(String name) {
        Export format = exports.get(name);
        if (format == null) {
            throw Errors.invalidValue(
                    "format",
                    name + " (there are " + XVA + ", " + String.join(", ", new TreeSet<>(exports.keySet())) + ")");
        }
        return format;
    }
}
