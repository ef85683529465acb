package org.jxapi.domain;

import java.util.ArrayList;
import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Console;
import org.jxapi.xenapi.ConsoleProtocol;
import org.jxapi.xenapi.VM;

/** The consoles of a VM with a domain: text always, graphics for HVM and for a PV framebuffer. */
public final class GuestConsoles {
    private GuestConsoles() {}

    /** Makes the VM's consoles those that its domain has. */
    public static void create(Transaction tx, Ref<VM> vm) {
        Row<VM> row = tx.row(vm);
        List<ConsoleProtocol> wanted = new ArrayList<>();
        if (DomainKinds.of(row) == DomainKind.HVM || framebuffer(row)) {
            wanted.add(ConsoleProtocol.RFB);
        }
        wanted.add(ConsoleProtocol.VT100);
        for (Ref<Console> console : List.copyOf(row.get(VM.CONSOLES))) {
            if (!wanted.remove(tx.get(console, Console.PROTOCOL))) {
                tx.destroy(console);
            }
        }
        for (ConsoleProtocol protocol : wanted) {
            tx.create(Row.of(Console.XEN_CLASS)
                    .with(Console.PROTOCOL, protocol)
                    .with(Console.PORT, -1L)
                    .with(Console.VM, vm));
        }
    }

    /** Whether a PV guest is given a framebuffer. */
    static boolean framebuffer(Row<VM> vm) {
        return DomainKinds.of(vm) != DomainKind.HVM
                && vm.get(VM.PLATFORM).getOrDefault("pvfb", "false").matches("(?i)true|1");
    }

    public static void destroy(Transaction tx, Ref<VM> vm) {
        for (Ref<Console> console : List.copyOf(tx.get(vm, VM.CONSOLES))) {
            tx.destroy(console);
        }
    }
}
