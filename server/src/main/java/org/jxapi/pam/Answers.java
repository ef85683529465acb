package org.jxapi.pam;

import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Answers the prompts of PAM's modules: the user's name where the input is shown, the password where it is hidden, and
 * nothing to messages that ask nothing.
 */
final class Answers implements LibPam.Conversation {
    private final CMemory memory;
    private final String user;
    private final String password;

    Answers(CMemory memory, String user, String password) {
        this.memory = memory;
        this.user = user;
        this.password = password;
    }

    @Override
    public int converse(int count, @Nullable Pointer messages, @Nullable Pointer responses, @Nullable Pointer data) {
        if (messages == null || responses == null || count <= 0 || count > LibPam.PAM_MAX_NUM_MSG) {
            return LibPam.PAM_CONV_ERR;
        }
        int word = messages.getRuntime().addressSize();
        // struct pam_response: char *resp, int resp_retcode, and padding
        int size = 2 * word;
        Pointer all = memory.calloc(count, size);
        if (all == null) {
            return LibPam.PAM_BUF_ERR;
        }
        List<Pointer> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int style = messages.getPointer((long) i * word).getInt(0);
            int status = answer(style, all, (long) i * size, texts);
            if (status != LibPam.PAM_SUCCESS) {
                texts.forEach(memory::free);
                memory.free(all);
                return status;
            }
        }
        responses.putPointer(0, all);
        return LibPam.PAM_SUCCESS;
    }

    private int answer(int style, Pointer all, long offset, List<Pointer> texts) {
        String answer;
        switch (style) {
            case LibPam.PAM_PROMPT_ECHO_ON -> answer = user;
            case LibPam.PAM_PROMPT_ECHO_OFF -> answer = password;
            case LibPam.PAM_ERROR_MSG, LibPam.PAM_TEXT_INFO -> {
                return LibPam.PAM_SUCCESS;
            }
            default -> {
                return LibPam.PAM_CONV_ERR;
            }
        }
        Pointer text = CMemory.text(memory, answer);
        if (text == null) {
            return LibPam.PAM_BUF_ERR;
        }
        texts.add(text);
        all.putPointer(offset, text);
        return LibPam.PAM_SUCCESS;
    }
}
