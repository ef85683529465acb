package org.jxapi.nbd;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.storage.DiskExports;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiNbdServerInfo;

/** The answers of {@code VDI.get_nbd_info}: one for each address of each host that reaches the disk. */
final class NbdInfo implements DiskExports {
    private final Store store;
    private final String certificate;
    private final Optional<String> subject;
    private final IntSupplier port;

    /**
     * @param certificate what TLS clients are shown, in PEM form
     * @param port the port on which clients are served now; 0 for none
     */
    NbdInfo(Store store, String certificate, IntSupplier port) {
        this.store = store;
        this.certificate = certificate;
        this.subject = CertificateSubject.of(parsed(certificate));
        this.port = port;
    }

    private static X509Certificate parsed(String pem) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("the daemon's certificate cannot be read", e);
        }
    }

    @Override
    public List<Row<VdiNbdServerInfo>> servers(Call call, Ref<VDI> vdi) {
        int open = port.getAsInt();
        Snapshot now = store.snapshot();
        String name = new ExportName(now.get(vdi, VDI.UUID), call.session().value()).text();
        List<Row<VdiNbdServerInfo>> servers = new ArrayList<>();
        for (Stored<Host> host : open == 0 ? List.<Stored<Host>>of() : hosts(now, now.get(vdi, VDI.SR))) {
            String expected = subject.orElse(host.row().get(Host.HOSTNAME));
            for (String address : NbdNetworks.addresses(now, host.ref())) {
                servers.add(Row.of(VdiNbdServerInfo.XEN_CLASS)
                        .with(VdiNbdServerInfo.EXPORTNAME, name)
                        .with(VdiNbdServerInfo.ADDRESS, address)
                        .with(VdiNbdServerInfo.PORT, (long) open)
                        .with(VdiNbdServerInfo.CERT, certificate)
                        .with(VdiNbdServerInfo.SUBJECT, expected));
            }
        }
        return servers;
    }

    /** The hosts that reach a storage repository. */
    private static List<Stored<Host>> hosts(Snapshot now, Ref<SR> sr) {
        return now.all(PBD.XEN_CLASS).stream()
                .map(Stored::row)
                .filter(pbd -> pbd.get(PBD.SR).equals(sr) && pbd.get(PBD.CURRENTLY_ATTACHED))
                .flatMap(pbd -> now.find(pbd.get(PBD.HOST)).stream())
                .toList();
    }
}
