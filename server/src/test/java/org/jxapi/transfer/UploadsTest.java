package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.Eventually.holds;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.VDI;

class UploadsTest {
    private static final Ref<VDI> DISK = VDI.XEN_CLASS.ref("OpaqueRef:disk");
    private static final Ref<VDI> OTHER = VDI.XEN_CLASS.ref("OpaqueRef:other");

    private final Uploads uploads = new Uploads(Duration.ofHours(1));

    private static InputStream data() {
        return new ByteArrayInputStream(new byte[] {1, 2, 3});
    }

    @Test
    void anUploadWaitsForTheEndOfOneWithoutData() throws Exception {
        InputStream abandoned = uploads.begin(DISK, data());
        FutureTask<InputStream> next = waiting();
        abandoned.close();
        assertThat(next.get(30, TimeUnit.SECONDS).read()).isEqualTo(1);
    }

    @Test
    void theWaitEndsWhenTheDataOfTheOtherCome() throws Exception {
        InputStream slow = uploads.begin(DISK, data());
        FutureTask<InputStream> next = waiting();
        assertThat(slow.read()).isEqualTo(1);
        next.get(30, TimeUnit.SECONDS).close();
        assertThat(slow.read()).isEqualTo(2);
    }

    @Test
    void uploadsToOtherDisksDoNotWait() throws Exception {
        uploads.begin(DISK, data());
        assertThat(uploads.begin(OTHER, data()).read()).isEqualTo(1);
    }

    @Test
    void onlyOneUploadWaitsForADisk() throws Exception {
        InputStream slow = uploads.begin(DISK, data());
        FutureTask<InputStream> next = waiting();
        assertThat(uploads.begin(DISK, data()).read()).isEqualTo(1);
        slow.close();
        next.get(30, TimeUnit.SECONDS).close();
    }

    @Test
    void theWaitIsShort() throws Exception {
        Uploads impatient = new Uploads(Duration.ofMillis(1));
        impatient.begin(DISK, data());
        assertThat(impatient.begin(DISK, data()).read()).isEqualTo(1);
    }

    /** An upload to the disk in a thread of its own, which waits. */
    private FutureTask<InputStream> waiting() throws Exception {
        FutureTask<InputStream> next = new FutureTask<>(() -> uploads.begin(DISK, data()));
        Thread thread = new Thread(next, "upload");
        thread.setDaemon(true);
        thread.start();
        holds(() -> assertThat(thread.getState()).isEqualTo(Thread.State.TIMED_WAITING));
        return next;
    }
}
