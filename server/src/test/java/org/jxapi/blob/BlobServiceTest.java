package org.jxapi.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.StoreTest;
import org.jxapi.xenapi.Blob;
import org.jxapi.xenapi.VM;

/** Blobs and the objects that have them: ocaml/xapi/xapi_blob.ml. */
class BlobServiceTest extends StoreTest {
    private Ref<VM> vm;

    @BeforeEach
    void create() {
        vm = store.transact(tx -> tx.create(Row.of(VM.XEN_CLASS)));
    }

    private Ref<Blob> attach(String name, String type) {
        return BlobService.attach(store, vm, VM.BLOBS, name, type, true);
    }

    @Test
    void anObjectHasABlobByItsName() {
        Ref<Blob> blob = attach("screenshot", "image/png");
        assertThat(store.snapshot().get(vm, VM.BLOBS)).isEqualTo(Map.of("screenshot", blob));
        assertThat(store.snapshot().get(blob, Blob.MIME_TYPE)).isEqualTo("image/png");
        assertThat(store.snapshot().get(blob, Blob.PUBLIC)).isTrue();
        Ref<Blob> plain = attach("other", "");
        assertThat(store.snapshot().get(plain, Blob.MIME_TYPE)).isEqualTo("application/octet-stream");
    }

    @Test
    void aNameIsUsedOnceAndNothingIsLeftOfTheSecondBlob() {
        Ref<Blob> first = attach("screenshot", "");
        assertThatThrownBy(() -> attach("screenshot", "")).hasMessageContaining("MAP_DUPLICATE_KEY");
        assertThat(store.snapshot().get(vm, VM.BLOBS)).isEqualTo(Map.of("screenshot", first));
        assertThat(store.snapshot().count(Blob.XEN_CLASS)).isEqualTo(1);
    }

    @Test
    void anObjectThatIsGoneGetsNoBlob() {
        store.change(tx -> tx.destroy(vm));
        assertThatThrownBy(() -> attach("screenshot", "")).hasMessageContaining("HANDLE_INVALID");
        assertThat(store.snapshot().count(Blob.XEN_CLASS)).isZero();
    }

    @Test
    void aBlobThatIsDestroyedLeavesItsObject() {
        Ref<Blob> kept = attach("kept", "");
        Ref<Blob> gone = attach("gone", "");
        new BlobService(store).destroy(null, gone);
        assertThat(store.snapshot().get(vm, VM.BLOBS)).isEqualTo(Map.of("kept", kept));
        assertThat(store.snapshot().find(gone)).isEmpty();
        assertThatThrownBy(() -> new BlobService(store).destroy(null, gone)).hasMessageContaining("HANDLE_INVALID");
    }
}
