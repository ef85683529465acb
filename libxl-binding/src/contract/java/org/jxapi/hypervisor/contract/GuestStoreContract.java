package org.jxapi.hypervisor.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.hypervisor.XenstorePermissions;
import org.jxapi.hypervisor.XenstorePermissions.Access;

/** The nodes that a guest may write in xenstore: those of libxl (libxl_create.c), and further ones of a toolstack. */
interface GuestStoreContract extends Contract {
    private Xenstore store() {
        return hypervisor().xenstore();
    }

    private XenstorePermissions permissions(int domid, String path) {
        return store().permissions(Xenstore.domainPath(domid) + path).orElseThrow();
    }

    @Test
    default void aNewGuestMayWriteWhatItsKernelNeedsAndNoMore() {
        int domid = create("closed");

        for (String path : List.of("/data", "/attr", "/drivers", "/feature", "/control/shutdown")) {
            assertThat(permissions(domid, path).mayWrite(domid)).as(path).isTrue();
        }
        for (String path : List.of("", "/control", "/memory", "/cpu", "/device")) {
            assertThat(permissions(domid, path).mayWrite(domid)).as(path).isFalse();
            assertThat(permissions(domid, path).mayRead(domid)).as(path).isTrue();
            assertThat(permissions(domid, path).mayRead(NOBODY)).as(path).isFalse();
        }
        for (String path : List.of("/vm-data", "/messages", "/xenserver/attr", "/rrd", "/unique-domain-id")) {
            assertThat(store().permissions(Xenstore.domainPath(domid) + path))
                    .as(path)
                    .isEmpty();
        }
    }

    @Test
    default void aNodeThatIsGivenToAGuestIsTheGuestsWithAllThatIsMadeBelow() {
        int domid = create("given");
        String control = Xenstore.domainPath(domid) + "/control";
        XenstorePermissions own = XenstorePermissions.ownedBy(domid);

        store().setPermissions(control, own);
        store().write(control + "/has-vendor-device", "0");

        assertThat(store().permissions(control)).hasValue(own);
        assertThat(store().permissions(control + "/has-vendor-device")).hasValue(own);
        assertThat(permissions(domid, "/memory")).isEqualTo(XenstorePermissions.readableBy(domid));
    }

    @Test
    default void aNodeHasPermissionsForSeveralDomains() {
        int one = create("one");
        int two = create("two");
        String path = "/tool/contract-permissions";
        XenstorePermissions given =
                new XenstorePermissions(Hypervisor.DOM0, Access.NONE, Map.of(one, Access.READ, two, Access.BOTH));
        try {
            store().write(path, "");

            store().setPermissions(path, given);

            assertThat(store().permissions(path)).hasValue(given);
        } finally {
            store().remove(path);
        }
    }
}
