package org.jxapi.domain;

import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.VM;

/**
 * Names of domains, as {@code xl list} shows them. An administrator knows a VM by its name_label, as on XAPI's hosts;
 * but Xen's names are unique, and its tools take a number for a domain's number. So a label that is taken, a number or
 * no name at all gets the beginning of the VM's UUID behind it. The UUID of the domain is the VM's in any case.
 */
public final class DomainNames {
    private static final int LONGEST = 80;

    private DomainNames() {}

    public static String of(Snapshot snapshot, Ref<VM> ref) {
        Row<VM> vm = snapshot.row(ref);
        String label = vm.get(VM.NAME_LABEL).replaceAll("[^ -.0-~]", "_").strip();
        String name = label.length() > LONGEST ? label.substring(0, LONGEST) : label;
        boolean free = snapshot.byNameLabel(VM.XEN_CLASS, vm.get(VM.NAME_LABEL)).stream()
                .allMatch(other -> other.value().equals(ref.value())
                        || snapshot.get(VM.XEN_CLASS.ref(other.value()), VM.IS_A_TEMPLATE));
        boolean plain = name.equals(vm.get(VM.NAME_LABEL)) && !name.matches("\\d*|Domain-0|.* ") && free;
        return plain ? name : (name + "-" + vm.get(VM.UUID).substring(0, 8)).replaceFirst("^-", "");
    }
}
