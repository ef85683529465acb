package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.session.Rights;
import org.jxapi.store.H2Store;
import org.jxapi.task.Tasks;
import org.jxapi.xenapi.Task;

class CallContextTest {
    @TempDir
    Path folder;

    @Test
    void theTaskOfACallThatIsWaitedForGoesWithItsLastChangeButNotWithThatOfAPart() {
        try (H2Store store = H2Store.open(folder)) {
            Tasks tasks = new Tasks(store, Clock.systemUTC());
            Call waited = call(store, tasks, true);
            store.change(tx -> waited.part().end(tx));
            assertThat(tasks.pending()).containsExactly(waited.task());
            store.change(waited::end);
            assertThat(store.snapshot().find(waited.task())).isEmpty();
        }
    }

    @Test
    void theTaskOfACallThatNobodyWaitsForStaysToBeAskedForItsOutcome() {
        try (H2Store store = H2Store.open(folder)) {
            Tasks tasks = new Tasks(store, Clock.systemUTC());
            Call async = call(store, tasks, false);
            store.change(async::end);
            assertThat(tasks.pending()).containsExactly(async.task());
        }
    }

    private static Call call(H2Store store, Tasks tasks, boolean takesTask) {
        Ref<Task> task = tasks.begin("VM.start", Ref.nil(), Call.Origin.INTERNAL);
        return new CallContext("VM.start", Ref.nil(), task, takesTask, Call.Origin.INTERNAL, store, tasks, Rights.ALL);
    }
}
