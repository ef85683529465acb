package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.ReadOnlyStore;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Bond;
import org.jxapi.xenapi.Certificate;
import org.jxapi.xenapi.CertificatePurpose;
import org.jxapi.xenapi.CertificateType;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.NetworkPurpose;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.PrimaryAddressType;
import org.jxapi.xenapi.SM;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VLAN;

class JoinChecksTest {
    private final Side pool = new Side("a");
    private final Side joining = new Side("b");

    /** One host with its pool, and what a test changes of them. */
    private static final class Side {
        final Map<Ref<?>, Row<?>> rows = new LinkedHashMap<>();
        final Ref<Pool> pool;
        final Ref<Host> host;
        final Ref<PIF> management;
        private final String name;

        Side(String name) {
            this.name = name;
            pool = Pool.XEN_CLASS.ref("OpaqueRef:pool-" + name);
            host = Host.XEN_CLASS.ref("OpaqueRef:host-" + name);
            management = PIF.XEN_CLASS.ref("OpaqueRef:pif-" + name);
            rows.put(
                    host,
                    Row.of(Host.XEN_CLASS)
                            .with(Host.UUID, "host-" + name)
                            .with(Host.EDITION, "free")
                            .with(Host.API_VERSION_MAJOR, 2L)
                            .with(Host.CPU_INFO, Map.of("vendor", "GenuineIntel"))
                            .with(Host.SOFTWARE_VERSION, software("8")));
            rows.put(
                    pool,
                    Row.of(Pool.XEN_CLASS)
                            .with(Pool.MASTER, host)
                            .with(Pool.CPU_INFO, Map.of("vendor", "GenuineIntel")));
            rows.put(
                    management,
                    Row.of(PIF.XEN_CLASS)
                            .with(PIF.UUID, "pif-" + name)
                            .with(PIF.HOST, host)
                            .with(PIF.VLAN, -1L)
                            .with(PIF.MANAGEMENT, true));
            add(SM.XEN_CLASS.ref("OpaqueRef:sm-" + name), storage(1));
        }

        <C> void add(Ref<C> ref, Row<C> row) {
            rows.put(ref, row);
        }

        @SuppressWarnings("unchecked")
        <C, T> void set(Ref<C> ref, Field<C, T> field, T value) {
            rows.put(ref, ((Row<C>) rows.get(ref)).with(field, value));
        }

        Snapshot snapshot() {
            return ReadOnlyStore.of(rows).snapshot();
        }

        void certificate(String label, CertificateType type, String given, String contents, CertificatePurpose... use) {
            add(
                    Certificate.XEN_CLASS.ref("OpaqueRef:" + label + "-" + name),
                    Row.of(Certificate.XEN_CLASS)
                            .with(Certificate.TYPE, type)
                            .with(Certificate.NAME, given)
                            .with(Certificate.FINGERPRINT_SHA256, contents)
                            .with(Certificate.PURPOSE, List.of(use)));
        }
    }

    private static Map<String, String> software(String platform) {
        return Map.of(
                "platform_version",
                platform,
                "product_brand",
                "jxapi",
                "xapi",
                "1",
                "db_schema",
                "5",
                "network_backend",
                "bridge");
    }

    private static Row<SM> storage(long version) {
        return Row.of(SM.XEN_CLASS).with(SM.TYPE, "file").with(SM.FEATURES, Map.of("VDI_CREATE", version));
    }

    private List<String> error(boolean force) {
        XenApiException error = catchThrowableOfType(
                XenApiException.class, () -> JoinChecks.check(pool.snapshot(), new JoiningHost(joining.rows), force));
        List<String> all = new ArrayList<>(List.of(error.code()));
        all.addAll(error.params());
        return all;
    }

    private List<String> error() {
        return error(false);
    }

    @Test
    void aHostLikeThePoolsMayJoin() {
        assertThatCode(() -> JoinChecks.check(pool.snapshot(), new JoiningHost(joining.rows), false))
                .doesNotThrowAnyException();
    }

    @Test
    void softwareAndProcessorsMustFitUnlessForced() {
        joining.set(joining.host, Host.CPU_INFO, Map.of("vendor", "AuthenticAMD"));
        assertThat(error()).containsExactly("HOSTS_NOT_HOMOGENEOUS", "CPUs differ");
        assertThatCode(() -> JoinChecks.check(pool.snapshot(), new JoiningHost(joining.rows), true))
                .doesNotThrowAnyException();
        joining.set(joining.host, Host.SOFTWARE_VERSION, software("9"));
        assertThat(error(true)).containsExactly("HOSTS_NOT_COMPATIBLE");
    }

    @Test
    void aSharedRepositoryIsNoticedBeforeBonds() {
        joining.add(Bond.XEN_CLASS.ref("OpaqueRef:bond"), Row.of(Bond.XEN_CLASS));
        assertThat(error()).containsExactly("POOL_JOINING_HOST_HAS_BONDS");
        joining.add(SR.XEN_CLASS.ref("OpaqueRef:sr"), Row.of(SR.XEN_CLASS).with(SR.SHARED, true));
        assertThat(error()).containsExactly("JOINING_HOST_CANNOT_CONTAIN_SHARED_SRS");
    }

    @Test
    void vlansOtherThanThatOfTheManagementKeepAHostOut() {
        Ref<PIF> other = PIF.XEN_CLASS.ref("OpaqueRef:other");
        joining.add(other, Row.of(PIF.XEN_CLASS).with(PIF.HOST, joining.host));
        Ref<VLAN> vlan = VLAN.XEN_CLASS.ref("OpaqueRef:vlan");
        joining.add(vlan, Row.of(VLAN.XEN_CLASS).with(VLAN.UNTAGGED_PIF, other));
        assertThat(error()).containsExactly("POOL_JOINING_HOST_HAS_NON_MANAGEMENT_VLANS");
        joining.set(vlan, VLAN.UNTAGGED_PIF, joining.management);
        joining.set(joining.management, PIF.VLAN, 12L);
        assertThat(error()).containsExactly("POOL_JOINING_HOST_MANAGEMENT_VLAN_DOES_NOT_MATCH", "12", "-1");
    }

    @Test
    void directoryEditionAndVersionsMustBeTheSame() {
        joining.set(joining.host, Host.API_VERSION_MINOR, 7L);
        assertThat(error()).containsExactly("POOL_JOINING_HOST_MUST_HAVE_SAME_API_VERSION", "2.7", "2.0");
        joining.set(joining.host, Host.EDITION, "other");
        assertThat(error())
                .containsExactly("LICENSE_HOST_POOL_MISMATCH", "host edition = \"other\"", "pool edition = \"free\"");
        joining.set(joining.host, Host.EXTERNAL_AUTH_TYPE, "AD");
        assertThat(error()).containsExactly("POOL_JOINING_EXTERNAL_AUTH_MISMATCH");
    }

    @Test
    void addressesAndPurposesOfNetworksMustFit() {
        joining.set(joining.management, PIF.PRIMARY_ADDRESS_TYPE, PrimaryAddressType.IPV6);
        assertThat(error()).containsExactly("OPERATION_NOT_ALLOWED", "Primary address type differs");
        joining.set(joining.management, PIF.PRIMARY_ADDRESS_TYPE, PrimaryAddressType.IPV4);
        joining.add(purpose("b"), Row.of(Network.XEN_CLASS).with(Network.PURPOSE, List.of(NetworkPurpose.NBD)));
        assertThatCode(() -> JoinChecks.check(pool.snapshot(), new JoiningHost(joining.rows), false))
                .doesNotThrowAnyException();
        pool.add(purpose("a"), Row.of(Network.XEN_CLASS).with(Network.PURPOSE, List.of(NetworkPurpose.INSECURE_NBD)));
        assertThat(error())
                .containsExactly("OPERATION_NOT_ALLOWED", "Incompatible network purposes: nbd and insecure_nbd");
    }

    private static Ref<Network> purpose(String name) {
        return Network.XEN_CLASS.ref("OpaqueRef:purpose-" + name);
    }

    @Test
    void certificatesMustNotContradictEachOther() {
        pool.certificate("ca", CertificateType.CA, "one.pem", "11");
        joining.certificate("ca", CertificateType.CA, "one.pem", "22");
        assertThat(error()).containsExactly("POOL_JOINING_HOST_CA_CERTIFICATES_CONFLICT", "one.pem");
        joining.certificate("ca", CertificateType.CA, "one.pem", "11");
        pool.certificate("pin", CertificateType.PINNED, "", "33", CertificatePurpose.LICENSING);
        joining.certificate(
                "pin", CertificateType.PINNED, "", "33", CertificatePurpose.LICENSING, CertificatePurpose.LDAPS);
        assertThat(error())
                .containsExactly(
                        "POOL_JOINING_HOST_TRUSTED_CERTIFICATES_CONFLICT", "OpaqueRef:pin-a", "OpaqueRef:pin-b");
    }

    @Test
    void storageManagersMustHaveThePoolsFeatures() {
        joining.add(SM.XEN_CLASS.ref("OpaqueRef:sm-b"), storage(2));
        assertThatCode(() -> JoinChecks.check(pool.snapshot(), new JoiningHost(joining.rows), false))
                .doesNotThrowAnyException();
        joining.add(SM.XEN_CLASS.ref("OpaqueRef:sm-b"), storage(0));
        assertThat(error())
                .containsExactly("POOL_JOINING_SM_FEATURES_INCOMPATIBLE", "OpaqueRef:sm-a", "OpaqueRef:sm-b");
        joining.rows.remove(SM.XEN_CLASS.ref("OpaqueRef:sm-b"));
        assertThat(error()).containsExactly("POOL_JOINING_SM_FEATURES_INCOMPATIBLE", "OpaqueRef:sm-a", "");
    }

    @Test
    void whatIsNoDatabaseOfOneHostDoesNotFit() {
        XenApiException error = catchThrowableOfType(XenApiException.class, () -> new JoiningHost(Map.of()));
        assertThat(error.code()).isEqualTo("HOSTS_NOT_COMPATIBLE");
        assertThat(Set.of(error.params())).hasSize(1);
    }
}
