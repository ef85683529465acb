package org.jxapi.raft;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group as one of its members sees it.
 *
 * @param term of the newest election that it knows
 * @param leader the id of the coordinator; null when it knows none
 * @param committed the newest index of the log that cannot be lost
 * @param applied the newest index that this member has applied
 * @param stopped why this member applies nothing any more; null while it does
 * @param members all members by id
 */
public record GroupStatus(
        long term,
        @Nullable String leader,
        long committed,
        long applied,
        @Nullable String stopped,
        List<Member> members) {
    /** The ids of the members that vote. */
    public List<String> voters() {
        return members.stream()
                .filter(Member::voter)
                .map(each -> each.address().id())
                .toList();
    }

    /**
     * A member.
     *
     * @param voter false for a listener, which follows without a vote
     * @param log the newest index that its log has; only the leader knows it of others, otherwise null
     */
    public record Member(
            MemberAddress address, boolean voter, @Nullable Long log) {}
}
