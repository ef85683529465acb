package org.jxapi.member;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.jxapi.raft.GroupStatus;
import org.jxapi.raft.MemberAddress;
import org.jxapi.raft.RaftMember;
import org.jxapi.store.Reason;
import org.jxapi.xenapi.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The copies of the coordinator's database on other hosts, and their votes. */
final class Copies {
    private static final Logger LOG = LoggerFactory.getLogger(Copies.class);
    private static final long LOOK_MILLIS = 20;
    /** How many hosts that have copies vote besides the coordinator, at most. */
    private static final int MOST_OTHERS = 4;

    private final RaftMember member;
    private final PoolReplica replica;

    /** Whether the copies and their votes are as they should be. */
    private boolean balanced;

    /** @param member the coordinator's replica */
    Copies(RaftMember member, PoolReplica replica) {
        this.member = member;
        this.replica = replica;
    }

    /** Has a member, which answers, keep a copy. If that fails, {@link #balance} repeats it. */
    synchronized void give(KnownMember host, MemberOrders orders) {
        balanced = false;
        try {
            List<GroupStatus.Member> members = member.status().members();
            List<String> ids = ids(members.stream());
            MemberOrders.Copy copy = orders.follow(replica.place().group(), host.uuid(), ids);
            MemberAddress address = new MemberAddress(copy.id(), host.address(), copy.port());
            boolean there = false;
            for (GroupStatus.Member each : members) {
                if (each.address().id().equals(copy.id())) {
                    there = true;
                    if (!each.address().equals(address)) {
                        member.move(address);
                    }
                } else if (isOf(each, host)) {
                    remove(each, false);
                }
            }
            if (!there && !copy.id().isEmpty()) {
                member.add(address);
                LOG.info("Pool: host {} has a copy of the database", host);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("Pool: host {} has no copy of the database: {}", host, Reason.of(e));
        }
    }

    /** The copies of other hosts. */
    List<GroupStatus.Member> others(GroupStatus status) {
        return status.members().stream()
                .filter(each -> !each.address().id().equals(replica.place().id()))
                .toList();
    }

    /** The other hosts that vote. */
    List<KnownMember> voters() throws IOException {
        List<GroupStatus.Member> others = others(member.status());
        return KnownMembers.all(member.store().snapshot()).stream()
                .filter(host -> others.stream().anyMatch(each -> each.voter() && isOf(each, host)))
                .toList();
    }

    private static List<String> ids(Stream<GroupStatus.Member> copies) {
        return copies.map(each -> each.address().id()).toList();
    }

    /** How many hosts are to vote besides the coordinator: an odd number would be worse than one less. */
    private static int wanted(int copies) {
        return Math.min(MOST_OTHERS, copies - copies % 2);
    }

    /** Gives votes to copies of hosts that answer. */
    private void promote(Function<KnownMember, @Nullable MemberOrders> reached) throws IOException {
        List<GroupStatus.Member> others = others(member.status());
        List<KnownMember> answering = KnownMembers.all(member.store().snapshot()).stream()
                .filter(host -> reached.apply(host) != null)
                .toList();
        List<MemberAddress> able = others.stream()
                .filter(each -> !each.voter() && answering.stream().anyMatch(host -> isOf(each, host)))
                .map(GroupStatus.Member::address)
                .toList();
        int voters = (int) others.stream().filter(GroupStatus.Member::voter).count();
        int more = wanted(voters + able.size()) - voters;
        if (more > 0 && Seat.of(member.store().snapshot()).isPresent()) {
            replica.remember();
            for (MemberAddress each : able.subList(0, more)) {
                member.promote(each);
            }
            LOG.info("Pool: {} hosts vote, and elect another coordinator if this one fails", voters + more + 1);
        }
        balanced &= voters + Math.max(more, 0) == wanted(others.size());
    }

    /**
     * Removes a copy, and takes as many votes of others as are too many without it.
     *
     * @param answers whether that copy still votes: then it goes last, and otherwise first, so that a majority answers each time
     */
    private void remove(GroupStatus.Member copy, boolean answers) throws IOException {
        String id = copy.address().id();
        if (copy.voter()) {
            List<GroupStatus.Member> rest = others(member.status()).stream()
                    .filter(each -> !each.address().id().equals(id))
                    .toList();
            if (!answers) {
                member.remove(id);
            }
            demote(rest);
            if (answers) {
                member.remove(id);
            }
        } else {
            member.remove(id);
        }
    }

    /** Takes votes until these copies of other hosts have the right number. Those that lose it begin again later. */
    private void demote(List<GroupStatus.Member> copies) throws IOException {
        List<String> voters = ids(copies.stream().filter(GroupStatus.Member::voter));
        for (int last = voters.size() - 1; last >= wanted(copies.size()); last--) {
            demote(voters.get(last));
        }
    }

    private void demote(String id) throws IOException {
        balanced = false;
        member.remove(id);
        LOG.info("Pool: the copy {} has no vote any more, and begins again", id);
    }

    /**
     * Takes votes that are too many. A former coordinator that has failed keeps its own until it is a member: it learns from the
     * log that it is one. The second of two voters is no such host.
     */
    private void demote(Function<KnownMember, @Nullable MemberOrders> reached) throws IOException {
        List<GroupStatus.Member> others = others(member.status());
        List<String> voters = ids(others.stream().filter(GroupStatus.Member::voter));
        int many = voters.size() - wanted(others.size());
        for (KnownMember host : KnownMembers.all(member.store().snapshot())) {
            Optional<String> vote = voters.stream().filter(host::has).findFirst();
            if (many > 0 && vote.isPresent() && (voters.size() == 1 || reached.apply(host) != null)) {
                demote(vote.get());
                many--;
            }
        }
        balanced &= many <= 0;
    }

    /**
     * Makes copies and votes as they should be. A copy that has lost its vote begins again, because Ratis never makes a
     * listener of a voter.
     *
     * @param reached the orders to a host; null for one that does not answer now
     */
    synchronized void balance(Function<KnownMember, @Nullable MemberOrders> reached) {
        if (balanced) {
            return;
        }
        balanced = true;
        try {
            demote(reached);
            List<String> ids = ids(others(member.status()).stream());
            for (KnownMember host : KnownMembers.all(member.store().snapshot())) {
                MemberOrders orders = reached.apply(host);
                if (orders != null && ids.stream().noneMatch(host::has)) {
                    give(host, orders);
                }
            }
            promote(reached);
        } catch (IOException | RuntimeException e) {
            balanced = false;
            LOG.warn("Pool: the votes of hosts are not as they should be: {}", Reason.of(e));
        }
    }

    /** Takes the copy and the vote of a host that leaves, while it still answers. */
    synchronized void release(KnownMember host) throws IOException {
        for (GroupStatus.Member each : others(member.status())) {
            if (isOf(each, host)) {
                remove(each, true);
            }
        }
    }

    /** Forgets the copies of hosts that are no members any more. */
    synchronized void forgetStrangers() {
        try {
            List<KnownMember> known = KnownMembers.all(member.store().snapshot());
            for (GroupStatus.Member each : others(member.status())) {
                if (known.stream().noneMatch(host -> isOf(each, host))) {
                    remove(each, false);
                }
            }
            replica.remember();
        } catch (IOException e) {
            LOG.warn("Pool: the copy of a host that has left is not forgotten: {}", Reason.of(e));
        }
    }

    /**
     * Makes another host the coordinator, which has a copy that is nearly complete; OPERATION_NOT_ALLOWED if it has none, or
     * does not catch up in time. When this returns, the other host leads.
     */
    synchronized void handOver(KnownMember host, Duration patience) throws IOException {
        String id = awaitCopy(host, patience);
        GroupStatus.Member heir = member.status().members().stream()
                .filter(each -> each.address().id().equals(id))
                .findFirst()
                .orElseThrow();
        if (!heir.voter()) {
            replica.remember();
            member.promote(heir.address());
        }
        member.transfer(id);
    }

    private String awaitCopy(KnownMember host, Duration patience) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            GroupStatus status = member.status();
            GroupStatus.Member copy = status.members().stream()
                    .filter(each -> isOf(each, host))
                    .findFirst()
                    .orElseThrow(() -> Errors.operationNotAllowed("The host has no copy of the pool's database"));
            Long log = copy.log();
            if (log != null && log >= status.committed()) {
                return copy.address().id();
            }
            if (System.nanoTime() > end) {
                throw Errors.operationNotAllowed("The host's copy of the pool's database does not come near");
            }
            Pause.millis(LOOK_MILLIS);
        }
    }

    /** Whether a copy is that of a host. */
    static boolean isOf(GroupStatus.Member copy, KnownMember host) {
        return host.has(copy.address().id());
    }
}
