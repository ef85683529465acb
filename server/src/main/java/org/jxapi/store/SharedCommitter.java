package org.jxapi.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The committer of a host of a pool. A thread appends all waiting transactions to the log as one group, while this host is
 * the coordinator, and answers their writers when the group has been applied here.
 */
final class SharedCommitter implements Committer {
    /** A group of more bytes is divided, as far as it can be: logs have a limit. */
    private static final int LARGE = 8 << 20;

    private static final long NOT_LEADING = -1;

    /** A transaction that waits for the log. */
    private record Pending(Applied applied, CompletableFuture<Long> published) {}

    /** The group that is on its way through the log. */
    private record Underway(byte[] bytes, List<Applied> applied) {}

    private final GroupLog log;
    private final DiskRoom room;
    private final ReentrantLock writing;
    private final Runnable undone;
    private final GroupThread<Pending> thread =
            new GroupThread<>("store-committer", Integer.MAX_VALUE, group -> commit(List.copyOf(group)), () -> {});
    private volatile @Nullable Underway underway;

    private volatile boolean scarce;
    /** Whether changes are made that the next start would make again, and that are few. */
    private volatile boolean starting;

    /** The term in which this host is the coordinator; under the lock. */
    private long term = NOT_LEADING;

    /**
     * @param room on the disk of the log
     * @param writing the lock under which transactions are executed
     * @param undone called under the lock when there are no transactions after the published one any more
     */
    SharedCommitter(GroupLog log, DiskRoom room, ReentrantLock writing, Runnable undone) {
        this.log = log;
        this.room = room;
        this.writing = writing;
        this.undone = undone;
        thread.start();
    }

    /** This host is the coordinator from now on, and everything of earlier terms has been applied. */
    void lead(long newTerm) {
        become(newTerm);
    }

    /** This host is not the coordinator any more. */
    void follow() {
        become(NOT_LEADING);
    }

    private void become(long newTerm) {
        List<Pending> lost = new ArrayList<>();
        writing.lock();
        try {
            if (term == newTerm) {
                return;
            }
            term = newTerm;
            thread.drainTo(lost);
            undone.run();
        } finally {
            writing.unlock();
        }
        refuse(lost);
    }

    private static void refuse(List<Pending> lost) {
        lost.forEach(pending -> pending.published.completeExceptionally(StoreException.notCoordinator()));
    }

    @Override
    public long term() {
        if (term == NOT_LEADING) {
            throw StoreException.notCoordinator();
        }
        return term;
    }

    /** Whether too many hosts have no room. */
    void scarce(boolean now) {
        scarce = now;
    }

    @Override
    public CompletableFuture<Long> propose(Applied next) {
        if (next.changesTables() && !starting && (scarce || room.scarce()) && !Scarcity.allows(next)) {
            throw StoreException.scarce();
        }
        Pending pending = new Pending(next, new CompletableFuture<>());
        thread.add(pending);
        return pending.published;
    }

    @Override
    public void starting(boolean now) {
        starting = now;
    }

    /** The outcome of a group that this host has appended, if it was executed on that state; null for others. */
    @Nullable
    List<Applied> known(byte[] group, HashedState base) {
        Underway now = underway;
        return now != null && now.applied.get(0).before() == base && Arrays.equals(now.bytes, group)
                ? now.applied
                : null;
    }

    /** Has a group applied and answers for it; returns whether what follows it can be applied. */
    private boolean commit(List<Pending> group) {
        boolean applied;
        try {
            List<Applied> all = group.stream().map(Pending::applied).toList();
            byte[] bytes = EntryCodec.encode(Group.of(all));
            if (bytes.length > LARGE && group.size() > 1) {
                return commitHalves(group);
            }
            underway = new Underway(bytes, all);
            applied = log.append(bytes).get();
        } catch (ExecutionException e) {
            fail(group, StoreException.undecided(e.getCause() == null ? e : e.getCause()));
            return false;
        } catch (Throwable e) {
            // An error too: otherwise those who wait would never get an answer.
            fail(group, StoreException.undecided(e));
            return false;
        } finally {
            underway = null;
        }
        if (applied) {
            group.forEach(pending -> pending.published.complete(pending.applied.number()));
        } else {
            fail(group, StoreException.notCoordinator());
        }
        return applied;
    }

    private boolean commitHalves(List<Pending> group) {
        List<Pending> rest = group.subList(group.size() / 2, group.size());
        if (commit(group.subList(0, group.size() / 2))) {
            return commit(rest);
        }
        refuse(rest);
        return false;
    }

    /** Undoes everything after the published state: what follows a transaction that failed was executed on it. */
    private void fail(List<Pending> group, StoreException reason) {
        List<Pending> lost = new ArrayList<>();
        writing.lock();
        try {
            thread.drainTo(lost);
            undone.run();
        } finally {
            writing.unlock();
        }
        group.forEach(pending -> pending.published.completeExceptionally(reason));
        refuse(lost);
    }

    @Override
    public void close() {
        follow();
        thread.close();
    }
}
