package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The compiler knows which class a reference, a record and a field belong to. */
class TypedStateTest {
    @TempDir
    Path classes;

    @Test
    void whatBelongsTogetherCompiles() {
        assertThat(errors("tx.set(vm, VM.DOMID, 7L)")).isEmpty();
        assertThat(errors("Ref<SR> r = tx.create(Row.of(SR.XEN_CLASS).with(SR.TYPE, \"nfs\"))"))
                .isEmpty();
        assertThat(errors("Row<VBD> r = tx.row(tx.get(vm, VM.VBDS).get(0))")).isEmpty();
        assertThat(errors("for (Stored<VM> s : tx.all(VM.XEN_CLASS)) tx.destroy(s.ref())"))
                .isEmpty();
        assertThat(errors("tx.update(vm, row -> row.with(VM.NAME_LABEL, \"x\"))"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tx.set(vm, VDI.READ_ONLY, true)",
                "tx.set(vm, VM.DOMID, \"7\")",
                "tx.get(vm, SR.VDIS)",
                "tx.row(vm).get(SR.VDIS)",
                "Ref<SR> r = tx.create(Row.of(Host.XEN_CLASS))",
                "Row.of(VM.XEN_CLASS).with(SR.TYPE, \"nfs\")",
                "tx.create(vm, Row.of(SR.XEN_CLASS))",
                "Row<SR> r = tx.row(vm)",
                "Stored<SR> s = tx.find(vm).get()",
                "Ref<SR> r = tx.byUuid(VM.XEN_CLASS, \"x\").get().ref()",
                "Ref<SR> r = tx.byNameLabel(VM.XEN_CLASS, \"x\").get(0)",
                "tx.update(vm, row -> row.with(SR.TYPE, \"nfs\"))",
                "Ref<SR> r = VM.XEN_CLASS.ref(\"x\")",
            })
    void whatDoesNotBelongTogetherDoesNotCompile(String statement) {
        assertThat(errors(statement))
                .containsPattern("incompatible|cannot be applied|no suitable method")
                .doesNotContain("cannot find symbol");
    }

    /** The compiler's errors about a statement of a method that has a transaction and a VM's reference. */
    private String errors(String statement) {
        String source = """
                import org.jxapi.datamodel.*;
                import org.jxapi.store.*;
                import org.jxapi.xenapi.*;
                class Sample {
                    void run(Transaction tx, Ref<VM> vm) {
                        %s;
                    }
                }
                """.formatted(statement);
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///Sample.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter errors = new StringWriter();
        List<String> options =
                List.of("-cp", System.getProperty("java.class.path"), "-d", classes.toString(), "-proc:none");
        compiler.getTask(errors, null, null, options, null, List.of(file)).call();
        return errors.toString();
    }
}
