package io.convoy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Data flows one way through the house, and imports follow it. */
@AnalyzeClasses(packages = "io.convoy", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseTest {

  @ArchTest
  static final ArchRule imports =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("io.convoy..")
          .layer("documents")
          .definedBy("io.convoy.config.v1..")
          .layer("catalog")
          .definedBy("io.convoy.catalog..")
          .layer("policy")
          .definedBy("io.convoy.policy..")
          .layer("registry")
          .definedBy("io.convoy.registry..")
          .layer("translation")
          .definedBy("io.convoy.translation..")
          .layer("snapshot")
          .definedBy("io.convoy.snapshot..")
          .layer("xds")
          .definedBy("io.convoy.xds..")
          .layer("admin")
          .definedBy("io.convoy.admin..")
          .layer("top")
          .definedBy("io.convoy", "io.convoy.cli..")
          .whereLayer("documents")
          .mayNotAccessAnyLayer()
          .whereLayer("catalog")
          .mayNotAccessAnyLayer()
          .whereLayer("policy")
          .mayOnlyAccessLayers("documents", "catalog")
          .whereLayer("registry")
          .mayOnlyAccessLayers("catalog", "policy")
          .whereLayer("translation")
          .mayOnlyAccessLayers("catalog", "policy")
          .whereLayer("snapshot")
          .mayOnlyAccessLayers("catalog", "policy", "registry", "translation")
          .whereLayer("xds")
          .mayOnlyAccessLayers("policy", "translation", "snapshot")
          .whereLayer("admin")
          .mayOnlyAccessLayers("catalog", "policy", "registry", "translation", "snapshot", "xds")
          .whereLayer("documents")
          .mayOnlyBeAccessedByLayers("policy")
          .withOptionalLayers(true)
          .ensureAllClassesAreContainedInArchitecture();

  @ArchTest
  static final ArchRule noPackageOfOddsAndEnds =
      noClasses().should().resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..");
}
