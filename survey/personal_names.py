"""Given names and surnames for :mod:`survey.personal`. The list is short on purpose: no list is ever complete."""

from __future__ import annotations

_GIVEN = """
ada adam adrian ahmad ahmed aisha alexander alexandra ali alicia alina amelie amina amir ana anastasia andrea andreas
andrej andrzej angelika anja anke anna annalena anne annette annika anton antonia arda arne ayla ayse ayşe azra
barbara bastian beate ben benedikt benjamin bernd bettina bilal birgit björn brigitte bruno can carina carla carlotta
carolin carsten charlotte christa christian christiane christina christine christoph clara claudia clemens cornelia
dagmar daniel daniela daria david denis dennis diana dieter dietmar dilara dirk dmitri dominik doris edith ela elena
eleni elias elif elisa elisabeth ella elli emil emilia emily emir emma emre enes enno erik erika esra eva fabian
fatima fatma felix ferdinand fiete finja finn fiona florian franz franziska frederik frida frieda friedrich fritz
gabriele georg gerd gerda gerhard gisela greta gudrun gustav günter günther hakan hanna hannah hannes hans harald
hasan hassan heike heiko heinrich heinz helena helga helmut henri henrik henry herbert hilde horst hussein ibrahim ida
ilse imran ina ines inga ingo ingrid inka irina iris iryna isabel isabell isabella ivan jaden jakob jamal jan jana
janina janine jannik jannis jasmin jason jennifer jens jessica joachim joana johann johanna johannes jolina jona jonah
jonas jonathan jonte josef josefine josephine joshua jule julia julian juliana juliane julius justin jutta jörg jürgen
kai karin karl karla karsten kateryna katharina kathrin katja katrin kemal kenan kerem kerstin kevin kim kira klara
klaus konrad konstantin kristin kristina kurt lara larissa lars laura lea leila lena lene lenia lennard lennart lenny
leon leonard leonie leonora leopold lia liam lian lias lilli lilly lina linda linus lisa liselotte lorenz lotta lotte
louis louisa luca lucas lucia lucy ludwig luis luisa luise luka lukas luna lutz lydia magdalena mahmoud maik maike
maja malte manfred manuel manuela mara marc marcel marco mareike margarete margit maria mariam marie marina mario
marion markus marlene marlon marta martha martin martina marvin maryam mascha mateo mathilda matilda mats matteo
matthias max maxi maxim maximilian mehmet meike melanie melina melissa merle mia micha michael michaela michelle mika
mila milan milena milo mina mira miriam mirko mohamed mohammad mohammed monika moritz murat mustafa nadia nadine nadja
natalia natalie natascha nele nelly niclas nico nicola nicolas nicole niels nikita niklas niko nikolai nils nina noah
noel noor nora norbert nour oksana olaf ole oleg oleksandr olena olga oliver olivia omar oscar oskar ottilie otto
pascal patricia patrick paul paula pauline peggy peter petra phil philip philipp pia rainer ralf ramona raphael
rebecca regina reinhard renate rene ricarda richard rita robert robin roland rolf roman romy ronja ronny rosalie ruben
rudolf ruth rüdiger sabine sabrina said salma sam samira samuel sandra sara sarah sascha sebastian selin selina selma
sergej serhii sevda sigrid silke silvia simon simone sina sofia sofie sonja sophia sophie stefan stefanie steffen
stella stephan sunny susanne sven svenja svetlana swetlana sylvia tamara tanja tarek tatjana thea theo theresa thomas
thorsten till tim timo tina tobias tom tomasz tommy toni torsten tristan udo ulrich ulrike ursula ute uwe valentin
valentina vanessa vera verena veronika victoria viktor viktoria vincent volker walter werner wiebke wilhelm wladimir
wolfgang yara yasemin yasin yasmin yuliia yusuf yvonne zahra zehra zeynep zoe zoey
анна олена оксана ірина ирина наталія наталья марія мария тетяна татьяна юлія юлия катерина
екатерина ольга софія софия анастасія анастасия дмитро дмитрий олександр александр андрій андрей
сергій сергей максим іван иван михайло михаил артем владислав денис микита никита роман тимур богдан
محمد أحمد علي حسن حسين عمر يوسف إبراهيم خالد مريم فاطمة زينب عائشة سارة نور ليلى آمنة رضا زهرا مهدی
"""
_BOTH = "can kai mark ernst rose will till tom ben kim kurt said robin sunny luna maxi max paul"
#: Also ordinary words: only marked with a capital letter inside a sentence, or after „mein Sohn“ and the like.
AMBIGUOUS = frozenset(_BOTH.split())

GIVEN_NAMES = frozenset(_GIVEN.split())

_SURNAMES = """
müller mueller schmidt schneider fischer weber meyer meier maier mayer wagner becker schulz schulze hoffmann hofmann
schäfer schaefer schröder schroeder neumann schwarz zimmermann krüger hartmann schmitt schmitz krause lehmann köhler
herrmann kaiser scholz möller huber fuchs keller roth günther kühn hahn schubert winkler lorenz baumann franke albrecht
schuster simon ludwig böhm winter kraus schumacher krämer vogt stein jäger otto sommer seidel heinrich brandt haas
schreiber graf dietrich ziegler kuhn pohl engel horn busch bergmann thomas voigt sauer arnold pfeiffer yilmaz kaya demir
yıldız öztürk aydin nowak kowalski petrov ivanov popescu nguyen
"""
_ALSO_WORDS = """
fischer weber becker schneider schäfer kaiser fuchs winter stein jäger sommer graf sauer engel horn busch haas schreiber
keller schwarz hahn schuster arnold kraus roth zimmermann
"""
#: Surnames that are ordinary words or given names are left out: they are only found after „Frau“, „Herr“ and the like.
SURNAMES = frozenset(_SURNAMES.split()) - GIVEN_NAMES - frozenset(_ALSO_WORDS.split())
