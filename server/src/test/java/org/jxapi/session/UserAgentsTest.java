package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.jxapi.dispatch.Call;

/** Upstream: xapi_tracked_user_agents.ml. */
class UserAgentsTest {
    private final UserAgents agents = new UserAgents();

    private void track(String agent) {
        agents.track(Call.Origin.of(false, "192.0.2.1", agent, ""));
    }

    @Test
    void aProgramHasTheVersionThatCameLast() {
        track("XenAPI/1.0 a comment");
        track("curl");
        track("XenAPI/2.0");
        track("go (linux)/3");
        track("");
        track("x".repeat(65));
        assertThat(agents.all())
                .containsEntry("XenAPI", "2.0")
                .containsEntry("curl", "")
                .containsEntry("go", "")
                .hasSize(3);
    }

    @Test
    void theOldestGoesWhenThereAreTooMany() {
        for (int i = 0; i < 130; i++) {
            track("p" + i + "/1");
        }
        assertThat(agents.all()).hasSize(128).doesNotContainKeys("p0", "p1").containsKey("p2");
    }
}
