package org.jxapi.nbd;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jxapi.certificate.Pem;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.local.ThisHost;
import org.jxapi.storage.DiskExports;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiNbdServerInfo;

/**
 * The answers of {@code VDI.get_nbd_info}: one for each address of the coordinator, if any host reaches the disk. XAPI names all
 * these hosts; here the coordinator serves the disks of all.
 */
final class NbdInfo implements DiskExports {
    private final Store store;
    private final Supplier<X509Certificate> certificate;
    private final IntSupplier port;

    /**
     * @param certificate the one that TLS clients see now
     * @param port the port on which clients are served now; 0 for none
     */
    NbdInfo(Store store, Supplier<X509Certificate> certificate, IntSupplier port) {
        this.store = store;
        this.certificate = certificate;
        this.port = port;
    }

    @Override
    public List<Row<VdiNbdServerInfo>> servers(Call call, Ref<VDI> vdi) {
        int open = port.getAsInt();
        Snapshot now = store.snapshot();
        String name = new ExportName(now.get(vdi, VDI.UUID), call.session().value()).text();
        X509Certificate shown = certificate.get();
        Optional<String> subject = CertificateSubject.of(shown);
        List<Row<VdiNbdServerInfo>> servers = new ArrayList<>();
        if (open == 0 || !isReached(now, now.get(vdi, VDI.SR))) {
            return servers;
        }
        Stored<Host> host = ThisHost.find(now).orElseThrow();
        String expected = subject.orElse(host.row().get(Host.HOSTNAME));
        for (String address : NbdNetworks.addresses(now, host.ref())) {
            servers.add(Row.of(VdiNbdServerInfo.XEN_CLASS)
                    .with(VdiNbdServerInfo.EXPORTNAME, name)
                    .with(VdiNbdServerInfo.ADDRESS, address)
                    .with(VdiNbdServerInfo.PORT, (long) open)
                    .with(VdiNbdServerInfo.CERT, Pem.of(shown))
                    .with(VdiNbdServerInfo.SUBJECT, expected));
        }
        return servers;
    }

    /** Whether a host reaches a storage repository. */
    private static boolean isReached(Snapshot now, Ref<SR> sr) {
        return now.get(sr, SR.PBDS).stream().anyMatch(pbd -> now.get(pbd, PBD.CURRENTLY_ATTACHED));
    }
}
