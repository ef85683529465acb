package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.harness.Eventually;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Stage;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.SR;

/** Merges of layers at one machine, and operations at another. */
class MergeTurnsTest {
    private static final Ref<SR> REPOSITORY = SR.XEN_CLASS.ref("OpaqueRef:sr");
    private static final Ref<Host> MEMBER = Host.XEN_CLASS.ref("OpaqueRef:member");

    /** Methods whose work no merge can disturb: they touch no layer, or the driver of one machine does it alone. */
    private static final Set<String> APART = Set.of(
            "adopt",
            "attach",
            "begin",
            "breakLease",
            "bytes",
            "coalesce",
            "create",
            "createForQemu",
            "destroy",
            "detach",
            "exactSizes",
            "folder",
            "holder",
            "holds",
            "keep",
            "lease",
            "logs",
            "names",
            "newLocation",
            "path",
            "pending",
            "place",
            "raw",
            "readOnly",
            "release",
            "settle",
            "smConfig",
            "taken",
            "tracks",
            "usage",
            "volumes");

    private final MergeTurns turns = new MergeTurns();

    /** A repository of which every method answers at once, as this machine sees it. */
    private Repository here() {
        Repository repository = (Repository) Proxy.newProxyInstance(
                Repository.class.getClassLoader(), new Class<?>[] {Repository.class}, (proxy, method, arguments) -> {
                    Class<?> type = method.getReturnType();
                    if (type == Stage.class) {
                        return Proxy.newProxyInstance(
                                Stage.class.getClassLoader(),
                                new Class<?>[] {Stage.class},
                                (stage, step, none) -> null);
                    }
                    return type == boolean.class ? (Object) true : type == long.class ? (Object) 0L : null;
                });
        SharedRepository.Guests none = new SharedRepository.Guests() {
            @Override
            public void await(String location) {}

            @Override
            public void gets(String location) {}
        };
        return SharedRepository.of(new AttachedSr(REPOSITORY, repository, null), turns, none)
                .repository();
    }

    private MergeTurns.Merge merge(String... locations) {
        MergeTurns.Merge merge = Objects.requireNonNull(turns.begin(REPOSITORY, MEMBER));
        for (String location : locations) {
            merge.mayTouch(location);
        }
        return merge;
    }

    /** An operation that may take any time, and can fail. */
    private interface Work {
        void run() throws Exception;
    }

    /** Whether work at this machine stops a merge at the member, and waits for its end. */
    private boolean stops(MergeTurns.Merge merge, Work work) throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        CompletableFuture<Void> operation = CompletableFuture.runAsync(() -> {
            try {
                work.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            done.countDown();
        });
        if (done.await(100, TimeUnit.MILLISECONDS)) {
            merge.check();
            merge.close();
            return false;
        }
        Eventually.holds(() -> assertThatThrownBy(merge::check).isInstanceOf(CancellationException.class));
        assertThat(done.getCount()).isEqualTo(1);
        merge.close();
        operation.get(20, TimeUnit.SECONDS);
        return true;
    }

    @Test
    void anOperationStopsAMergeThatMayTouchItsVolume() throws Exception {
        Repository here = here();
        assertThat(stops(merge("disk", "other"), () -> here.guestDisk("disk"))).isTrue();
        assertThat(stops(merge("disk"), () -> here.clone("image", "disk"))).isTrue();
        assertThat(stops(merge("disk"), () -> here.snapshotAll(Map.of("disk", "snapshot"))))
                .isTrue();
        assertThat(stops(merge("disk"), () -> here.guestDisk("other"))).isFalse();
        assertThat(stops(merge("disk"), () -> here.volumes())).isFalse();
    }

    @Test
    void workThatRemovesLayersStopsEveryMergeAndKeepsOthersFromBeginning() throws Exception {
        Repository here = here();
        assertThat(stops(merge("disk"), () -> here.discard("other"))).isTrue();
        assertThat(stops(merge("disk"), () -> here.stage("other", 1).take())).isTrue();
        try (MergeTurns.Look look = turns.look(REPOSITORY, null)) {
            assertThat(turns.begin(REPOSITORY, MEMBER)).isNull();
            Objects.requireNonNull(turns.begin(REPOSITORY, null)).close();
        }
        merge("disk").close();
    }

    @Test
    void oneMachineMergesAtATimeAndItsOwnDriverStopsIt() {
        try (MergeTurns.Merge merge = merge("disk")) {
            assertThat(turns.begin(REPOSITORY, null)).isNull();
            assertThat(turns.begin(SR.XEN_CLASS.ref("OpaqueRef:other"), null)).isNotNull();
            turns.stop(REPOSITORY, MEMBER, List.of("disk"));
            turns.look(REPOSITORY, MEMBER).close();
            merge.check();
        }
    }

    /** A method that is new here must be put into one of these lists. */
    @Test
    void everyMethodOfARepositoryIsKnown() {
        Set<String> known = new HashSet<>(APART);
        known.addAll(SharedRepository.ON_VOLUMES);
        known.addAll(SharedRepository.ON_ALL);
        assertThat(Arrays.stream(Repository.class.getMethods()).map(Method::getName))
                .allMatch(known::contains);
        assertThat(known).hasSize(APART.size() + SharedRepository.ON_VOLUMES.size() + SharedRepository.ON_ALL.size());
    }
}
