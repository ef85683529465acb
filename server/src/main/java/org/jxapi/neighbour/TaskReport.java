package org.jxapi.neighbour;

import org.jxapi.datamodel.Ref;
import org.jxapi.neighbour.guest.Report;
import org.jxapi.store.Store;
import org.jxapi.transfer.VmFormats;
import org.jxapi.xenapi.Task;

/** The report of an import or export, where its client reads it. */
final class TaskReport {
    private static final int MOST_CHARACTERS = 256 * 1024;

    private TaskReport() {}

    static void record(Store store, Ref<Task> task, Report report) {
        String whole = report.text();
        String text = whole.length() <= MOST_CHARACTERS
                ? whole
                : whole.substring(0, whole.lastIndexOf('\n', MOST_CHARACTERS) + 1) + "... and more\n";
        VmFormats.report(store, task, text);
    }
}
