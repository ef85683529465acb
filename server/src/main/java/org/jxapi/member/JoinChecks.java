package org.jxapi.member;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.ThisHost;
import org.jxapi.local.ThisPool;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Bond;
import org.jxapi.xenapi.Certificate;
import org.jxapi.xenapi.CertificatePurpose;
import org.jxapi.xenapi.CertificateType;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.NetworkPurpose;
import org.jxapi.xenapi.NetworkSriov;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SM;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Tunnel;
import org.jxapi.xenapi.VLAN;

/**
 * The checks of a host that wants to join, as far as they compare it with the pool. They run at the coordinator, with
 * XAPI's errors in XAPI's order. Upstream: pre_join_checks of xapi_pool.ml.
 */
final class JoinChecks {
    private static final Set<NetworkPurpose> NBD = Set.of(NetworkPurpose.NBD, NetworkPurpose.INSECURE_NBD);

    private final Snapshot pool;
    private final Row<Host> coordinator;
    private final JoiningHost joining;

    private JoinChecks(Snapshot pool, JoiningHost joining) {
        this.pool = pool;
        this.coordinator = ThisHost.row(pool);
        this.joining = joining;
    }

    /**
     * Throws the error that keeps the host out.
     *
     * @param force whether software and processors may differ
     */
    static void check(Snapshot pool, JoiningHost joining, boolean force) {
        JoinChecks checks = new JoinChecks(pool, joining);
        if (ThisPool.row(pool).get(Pool.HA_ENABLED)) {
            throw Errors.haIsEnabled();
        }
        checks.compatible();
        if (!force) {
            checks.homogeneous();
        }
        checks.nothingShared();
        checks.network();
        checks.externalAuth();
        checks.edition();
        checks.versions();
        checks.addressType();
        checks.networkPurposes();
        if (!Objects.equals(
                ThisPool.row(pool).get(Pool.TLS_VERIFICATION_ENABLED),
                joining.pool().get(Pool.TLS_VERIFICATION_ENABLED))) {
            throw Errors.poolJoiningHostTlsVerificationMismatch();
        }
        checks.authorities();
        checks.trustedCertificates();
        checks.storageManagers();
    }

    private static String software(Row<Host> host, String key) {
        return host.get(Host.SOFTWARE_VERSION).getOrDefault(key, "");
    }

    private boolean same(String key) {
        return software(coordinator, key).equals(software(joining.row(), key));
    }

    private void compatible() {
        if (!same("platform_version") || !same("product_brand")) {
            throw Errors.hostsNotCompatible();
        }
    }

    private void homogeneous() {
        if (!same("xapi") || !same("git_id")) {
            throw Errors.hostsNotHomogeneous("Software version differs");
        }
        String vendor = ThisPool.row(pool).get(Pool.CPU_INFO).getOrDefault("vendor", "");
        if (!vendor.equals(joining.row().get(Host.CPU_INFO).getOrDefault("vendor", ""))) {
            throw Errors.hostsNotHomogeneous("CPUs differ");
        }
    }

    private void nothingShared() {
        if (joining.rows(SR.XEN_CLASS).stream().anyMatch(sr -> sr.get(SR.SHARED) && !sr.get(SR.IS_TOOLS_SR))) {
            throw Errors.joiningHostCannotContainSharedSrs();
        }
    }

    private void network() {
        if (!joining.all(Bond.XEN_CLASS).isEmpty()) {
            throw Errors.poolJoiningHostHasBonds();
        }
        if (!joining.all(Tunnel.XEN_CLASS).isEmpty()) {
            throw Errors.poolJoiningHostHasTunnels();
        }
        if (!joining.all(NetworkSriov.XEN_CLASS).isEmpty()) {
            throw Errors.poolJoiningHostHasNetworkSriovs();
        }
        for (Row<VLAN> vlan : joining.rows(VLAN.XEN_CLASS)) {
            if (!joining.row(vlan.get(VLAN.UNTAGGED_PIF)).get(PIF.MANAGEMENT)) {
                throw Errors.poolJoiningHostHasNonManagementVlans();
            }
        }
        long own = managementOfJoining().get(PIF.VLAN);
        long theirs = managementOfPool().get(PIF.VLAN);
        if (own != theirs) {
            throw Errors.poolJoiningHostManagementVlanDoesNotMatch(Long.toString(own), Long.toString(theirs));
        }
    }

    private Row<PIF> managementOfJoining() {
        return joining.rows(PIF.XEN_CLASS).stream()
                .filter(pif -> pif.get(PIF.MANAGEMENT))
                .findFirst()
                .orElseThrow(Errors::hostStillBooting);
    }

    private Row<PIF> managementOfPool() {
        return coordinator.get(Host.PIFS).stream()
                .map(pool::row)
                .filter(pif -> pif.get(PIF.MANAGEMENT))
                .findFirst()
                .orElseThrow(Errors::hostStillBooting);
    }

    private void externalAuth() {
        boolean sameType =
                coordinator.get(Host.EXTERNAL_AUTH_TYPE).equals(joining.row().get(Host.EXTERNAL_AUTH_TYPE));
        boolean sameName = coordinator
                .get(Host.EXTERNAL_AUTH_SERVICE_NAME)
                .equalsIgnoreCase(joining.row().get(Host.EXTERNAL_AUTH_SERVICE_NAME));
        if (!sameType || !sameName) {
            throw Errors.poolJoiningExternalAuthMismatch();
        }
    }

    private void edition() {
        String own = joining.row().get(Host.EDITION);
        String theirs = coordinator.get(Host.EDITION);
        if (!own.equals(theirs)) {
            throw new XenApiException(
                    Errors.licenseHostPoolMismatch().code(),
                    List.of("host edition = \"" + own + "\"", "pool edition = \"" + theirs + "\""));
        }
        if (!same("network_backend")) {
            throw Errors.operationNotAllowed("Network backends differ");
        }
    }

    private void versions() {
        String own = version(joining.row());
        String theirs = version(coordinator);
        if (!own.equals(theirs)) {
            throw Errors.poolJoiningHostMustHaveSameApiVersion(own, theirs);
        }
        if (!same("db_schema")) {
            throw Errors.poolJoiningHostMustHaveSameDbSchema(
                    software(joining.row(), "db_schema"), software(coordinator, "db_schema"));
        }
    }

    private static String version(Row<Host> host) {
        return host.get(Host.API_VERSION_MAJOR) + "." + host.get(Host.API_VERSION_MINOR);
    }

    private void addressType() {
        if (managementOfJoining().get(PIF.PRIMARY_ADDRESS_TYPE)
                != managementOfPool().get(PIF.PRIMARY_ADDRESS_TYPE)) {
            throw Errors.operationNotAllowed("Primary address type differs");
        }
    }

    /** As in XAPI, the first network with such a purpose counts, and a side without one fits every other. */
    private void networkPurposes() {
        List<NetworkPurpose> own = purposes(joining.rows(Network.XEN_CLASS));
        List<NetworkPurpose> theirs =
                purposes(pool.all(Network.XEN_CLASS).stream().map(Stored::row).toList());
        if (!own.isEmpty() && !theirs.isEmpty() && own.get(0) != theirs.get(0)) {
            throw Errors.operationNotAllowed("Incompatible network purposes: nbd and insecure_nbd");
        }
    }

    private static List<NetworkPurpose> purposes(List<Row<Network>> networks) {
        return networks.stream()
                .flatMap(network -> network.get(Network.PURPOSE).stream())
                .filter(NBD::contains)
                .toList();
    }

    /** Two certificates under one name. */
    private void authorities() {
        List<String> conflicts = new ArrayList<>();
        for (Row<Certificate> own : joining.rows(Certificate.XEN_CLASS)) {
            String name = own.get(Certificate.NAME);
            boolean conflict = own.get(Certificate.TYPE) == CertificateType.CA
                    && !name.isEmpty()
                    && pool.all(Certificate.XEN_CLASS).stream()
                            .map(Stored::row)
                            .anyMatch(their -> their.get(Certificate.TYPE) == CertificateType.CA
                                    && their.get(Certificate.NAME).equals(name)
                                    && !sameContents(own, their));
            if (conflict) {
                conflicts.add(0, name);
            }
        }
        if (!conflicts.isEmpty()) {
            throw new XenApiException(
                    Errors.poolJoiningHostCaCertificatesConflict().code(), conflicts);
        }
    }

    private static boolean sameContents(Row<Certificate> one, Row<Certificate> other) {
        return one.get(Certificate.FINGERPRINT_SHA256).equals(other.get(Certificate.FINGERPRINT_SHA256));
    }

    /** One certificate for different purposes that overlap. */
    private void trustedCertificates() {
        for (Ref<Certificate> ref : joining.all(Certificate.XEN_CLASS)) {
            Row<Certificate> own = joining.row(ref);
            for (Stored<Certificate> their : pool.all(Certificate.XEN_CLASS)) {
                if (isTrusted(own) && isTrusted(their.row()) && sameContents(own, their.row())) {
                    Set<CertificatePurpose> one = Set.copyOf(own.get(Certificate.PURPOSE));
                    Set<CertificatePurpose> other = Set.copyOf(their.row().get(Certificate.PURPOSE));
                    if (!one.equals(other) && one.stream().anyMatch(other::contains)) {
                        throw Errors.poolJoiningHostTrustedCertificatesConflict(
                                their.ref().value(), ref.value());
                    }
                }
            }
        }
    }

    private static boolean isTrusted(Row<Certificate> certificate) {
        CertificateType type = certificate.get(Certificate.TYPE);
        return (type == CertificateType.CA || type == CertificateType.PINNED)
                && certificate.get(Certificate.NAME).isEmpty();
    }

    /** The host must have each storage manager of the pool, with at least its features. */
    private void storageManagers() {
        for (Stored<SM> their : pool.all(SM.XEN_CLASS)) {
            List<Ref<SM>> own = joining.all(SM.XEN_CLASS).stream()
                    .filter(sm ->
                            joining.row(sm).get(SM.TYPE).equals(their.row().get(SM.TYPE)))
                    .toList();
            if (own.size() != 1) {
                throw Errors.poolJoiningSmFeaturesIncompatible(their.ref().value(), "");
            }
            Map<String, Long> features = joining.row(own.get(0)).get(SM.FEATURES);
            boolean lacks = their.row().get(SM.FEATURES).entrySet().stream()
                    .anyMatch(needed -> features.getOrDefault(needed.getKey(), -1L) < needed.getValue());
            if (lacks) {
                throw Errors.poolJoiningSmFeaturesIncompatible(
                        their.ref().value(), own.get(0).value());
            }
        }
    }
}
