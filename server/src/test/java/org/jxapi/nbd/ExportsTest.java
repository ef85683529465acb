package org.jxapi.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.session.Sessions;
import org.jxapi.store.H2Store;
import org.jxapi.task.Tasks;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiType;

/** The checks of ocaml/nbd/src/main.ml and of VBD.create in ocaml/xapi/xapi_vbd.ml, with which it attaches a disk. */
class ExportsTest {
    @TempDir
    Path folder;

    private H2Store store;
    private Exports exports;
    private Ref<Session> root;

    @BeforeEach
    void open() {
        store = H2Store.open(folder);
        exports = new Exports(store, new Sessions(store, Clock.systemUTC()), null, new Tasks(store, Clock.systemUTC()));
        root = session(true);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Ref<Session> session(boolean superuser) {
        return store.transact(tx -> tx.create(Row.of(Session.XEN_CLASS)
                .with(Session.IS_LOCAL_SUPERUSER, superuser)
                .with(Session.LAST_ACTIVE, XenTime.of(Instant.now()))));
    }

    private Ref<VDI> disk(UnaryOperator<Row<VDI>> more) {
        return store.transact(tx -> tx.create(more.apply(Row.of(VDI.XEN_CLASS)
                .with(VDI.TYPE, VdiType.USER)
                .with(VDI.MANAGED, true)
                .with(VDI.VIRTUAL_SIZE, 1L << 20))));
    }

    private ExportName name(Ref<VDI> vdi, Ref<Session> session) {
        return new ExportName(store.snapshot().get(vdi, VDI.UUID), session.value());
    }

    private void refuses(ExportName name, String message) {
        assertThatThrownBy(() -> exports.find(name))
                .isInstanceOfSatisfying(
                        RefusedExportException.class, e -> assertThat(e.reply()).isEqualTo(Wire.REP_ERR_POLICY))
                .hasMessageStartingWith(message);
    }

    @Test
    void aSessionWithTheRightFindsADisk() throws Exception {
        Ref<VDI> vdi = disk(row -> row);
        Exports.Export export = exports.find(name(vdi, root));
        assertThat(export.vdi()).isEqualTo(vdi);
        assertThat(export.bytes()).isEqualTo(1L << 20);
    }

    @Test
    void aSessionNeedsTheRightToAskForTheName() {
        refuses(name(disk(row -> row), session(false)), "RBAC_PERMISSION_DENIED: vdi.get_nbd_info");
    }

    @Test
    void disksThatNoVmMayHaveAreNotExported() {
        for (VdiType type : new VdiType[] {VdiType.CBT_METADATA, VdiType.HA_STATEFILE, VdiType.REDO_LOG}) {
            refuses(name(disk(row -> row.with(VDI.TYPE, type)), root), "VDI_INCOMPATIBLE_TYPE: ");
        }
        refuses(name(disk(row -> row.with(VDI.MANAGED, false)), root), "VDI_NOT_MANAGED: ");
    }

    /** The name is a URI: its parts may be percent-encoded, and have other parameters around them. */
    @Test
    void namesAreReadAsUris() {
        ExportName expected = new ExportName("uuid", "OpaqueRef:1+2");
        assertThat(ExportName.parse("/uuid?session_id=OpaqueRef:1+2")).isEqualTo(expected);
        assertThat(ExportName.parse("/%75uid?a=b&session_id=OpaqueRef%3A1%2B2&c"))
                .isEqualTo(expected);
        assertThat(ExportName.parse(expected.text())).isEqualTo(expected);
        assertThat(ExportName.parse("")).isEqualTo(new ExportName("", ""));
        assertThat(ExportName.parse("/uuid?session_id=%zz")).isEqualTo(new ExportName("uuid", "%zz"));
        assertThat(expected.toString()).doesNotContain("OpaqueRef");
    }
}
