package org.jxapi.member;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.backup.DumpFile;
import org.jxapi.certificate.Pem;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.ThisHost;
import org.jxapi.store.Reason;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.transfer.Transfer;
import org.jxapi.transfer.TransferServer;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code PUT /pool/join}: a host asks the coordinator to take it in. The body is its database, and the query has its
 * agent: {@code agent_address}, {@code agent_port}, and its {@code certificate} as PEM. {@code force=true} lets a host
 * in whose software or processors differ. The answer has its reference in the pool, the coordinator's certificate and
 * those of the members, one of which may become the coordinator before this one has given the host an order.
 */
public final class Admission {
    static final String PATH = "/pool/join";

    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
    private static final JsonMapper JSON = new JsonMapper();

    private final Store store;
    private final Path data;
    private final ServerCertificates certificates;
    private final Members members;

    /** @param data the folder of this daemon */
    public Admission(Store store, Path data, ServerCertificates certificates, Members members) {
        this.store = store;
        this.data = data;
        this.certificates = certificates;
        this.members = members;
    }

    /** The handler, by method and path. */
    public Map<String, TransferServer.Action> actions() {
        return Map.of(
                "PUT " + PATH, new TransferServer.Action("pool.join", "Taking a host into the pool", this::admit));
    }

    private String admit(Transfer transfer) {
        if (transfer.length() < 0) {
            throw Errors.internalError("A host that joins must give the content-length of its database.");
        }
        try {
            Path file = Files.createTempFile(data, "jxapi-upload-", ".xml");
            try {
                DumpFile.receive(transfer, file);
                JoiningHost joining = read(file);
                String secret = KnownMember.newSecret();
                Ref<Host> host = admit(transfer, joining, secret);
                Snapshot now = store.snapshot();
                String shown = certificates.poolPem();
                ObjectNode answer = JSON.createObjectNode()
                        .put("host", host.value())
                        .put("coordinator", ThisHost.ref(now).value())
                        .put("secret", secret)
                        .put("certificate", shown);
                KnownMembers.others(now, shown).forEach(answer.putArray("others")::add);
                byte[] bytes = JSON.writeValueAsBytes(answer);
                try (OutputStream out = transfer.ok("application/json", "member.json", bytes.length)) {
                    out.write(bytes);
                }
                return "";
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw Errors.internalError("The host could not be taken into the pool: " + Reason.of(e))
                    .causedBy(e);
        }
    }

    private static JoiningHost read(Path file) throws IOException {
        try {
            return new JoiningHost(DumpFile.read(file));
        } catch (XenApiException e) {
            LOG.warn("Pool: the database of a host that wants to join cannot be read: {}", e.getMessage());
            throw Errors.hostsNotCompatible().causedBy(e);
        }
    }

    /** The host's record comes together with what is known of its agent: without that it would never be live. */
    private Ref<Host> admit(Transfer transfer, JoiningHost joining, String secret) {
        boolean force = transfer.flag("force");
        JoinChecks.check(store.snapshot(), joining, force);
        KnownMember member = new KnownMember(
                joining.row().get(Host.UUID),
                needed(transfer.head().param("agent_address"), "agent_address"),
                port(needed(transfer.head().param("agent_port"), "agent_port")),
                certificate(needed(transfer.head().param("certificate"), "certificate")),
                secret,
                null,
                null);
        Ref<Host> host = store.transact(tx -> {
            JoinChecks.check(tx, joining, force);
            KnownMembers.keep(tx, member);
            return new Merge(tx, joining).run();
        });
        LOG.info("Pool: host {} has joined", member);
        members.welcome(host, member);
        return host;
    }

    private static String needed(@Nullable String value, String name) {
        if (value == null || value.isEmpty()) {
            throw Errors.internalError("A host that joins must give " + name + ".");
        }
        return value;
    }

    private static int port(String text) {
        int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
        if (port < 1 || port > 65535) {
            throw Errors.internalError("The agent's port is " + text + ", which is none.");
        }
        return port;
    }

    private static String certificate(String pem) {
        try {
            return Pem.of(Pem.certificate(pem));
        } catch (GeneralSecurityException e) {
            throw Errors.internalError("The agent's certificate cannot be read: " + Reason.of(e))
                    .causedBy(e);
        }
    }
}
