package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UndoTest {
    private final List<String> taken = new ArrayList<>();
    private final Undo undo = new Undo();

    private String fail() {
        throw new IllegalStateException("the work");
    }

    @Test
    void workThatSucceedsIsNotUndone() {
        assertThat(undo.ifItFails(() -> {
                    undo.push(() -> taken.add("first"));
                    return "done";
                }))
                .isEqualTo("done");
        assertThat(taken).isEmpty();
    }

    @Test
    void workThatFailsIsUndoneBackwards() {
        assertThatThrownBy(() -> undo.ifItFails(() -> {
                    undo.push(() -> taken.add("first"));
                    undo.push(() -> taken.add("second"));
                    return fail();
                }))
                .hasMessage("the work")
                .hasNoSuppressedExceptions();
        assertThat(taken).containsExactly("second", "first");
    }

    @Test
    void aStepThatFailsKeepsNoOtherFromBeingTakenAndIsSuppressed() {
        IllegalStateException step = new IllegalStateException("a step");
        assertThatThrownBy(() -> undo.ifItFails(() -> {
                    undo.push(() -> taken.add("first"));
                    undo.push(() -> {
                        throw step;
                    });
                    undo.push(() -> taken.add("third"));
                    return fail();
                }))
                .hasMessage("the work")
                .hasSuppressedException(step);
        assertThat(taken).containsExactly("third", "first");
        assertThat(undo.run()).as("steps that are left").isEmpty();
    }
}
